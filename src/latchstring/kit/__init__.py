"""Time and chance: the only callers of the system's clock and of its entropy."""
