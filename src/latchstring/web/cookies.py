"""The cookies of the pages: which there are, and with which flags."""

from starlette.responses import Response

from latchstring.sites.model import Site

SESSION = "session"
VISIT = "visit"
DEVICE = "device"
LOCALE = "locale"
THEME = "theme"
_YEAR_S = 365 * 86_400


def name_of(kind: str, site: Site) -> str:
    """A cookie's name; `__Host-` over TLS: no Domain, Secure, for the whole origin and nobody else."""
    return f"__Host-latchstring_{kind}" if site.secure else f"latchstring_{site.key}_{kind}"


def set_cookie(response: Response, kind: str, value: str, site: Site, *, lasting: bool = False) -> None:
    """Set a cookie: never readable by scripts, never sent with another site's forms."""
    response.set_cookie(
        name_of(kind, site),
        value,
        max_age=_YEAR_S if lasting else None,
        path="/",
        secure=site.secure,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, kind: str, site: Site) -> None:
    """Take a cookie away."""
    response.delete_cookie(name_of(kind, site), path="/", secure=site.secure, httponly=True, samesite="lax")
