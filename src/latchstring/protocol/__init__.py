"""OAuth as pure functions: no framework, clock, randomness, I/O or async."""
