"""Where Connect Accounts and Test Authorization send the browser: the onboarding URL, told which site it is."""

from urllib.parse import unquote_plus, urlencode

_OURS = ("domain", "site")


def onboarding_target(url: str, *, domain: str, site: str) -> str:
    """The onboarding URL with `domain` and `site` added; its own query is kept as it is written.

    `domain` and `site` are bare authorities. Should the URL have parameters of these names already, ours
    take their place: a partner reads one value.
    """
    address, _, query = url.partition("?")
    kept = [part for part in query.split("&") if part and unquote_plus(part.partition("=")[0]) not in _OURS]
    return f"{address}?" + "&".join([*kept, urlencode({"domain": domain, "site": site})])
