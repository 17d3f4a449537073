"""What an instruction is refused with: raised, so that whatever it wrote is undone."""


class Refused(Exception):
    """The instruction can't be followed; says why and names the field."""

    def __init__(self, reason: str, *, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class Missing(Refused):
    """There is no such thing, or it is somebody else's: for the caller that is the same."""

    def __init__(self, what: str = "resource", *, field: str | None = None) -> None:
        super().__init__(f"there is no such {what}", field=field)


class Conflict(Refused):
    """It is in a state in which this can't be done, or it would be there twice."""


class Forbidden(Refused):
    """The caller may not do this, whatever it asks with."""
