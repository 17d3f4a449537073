"""The script of the chapter on sites."""

from latchstring.demo.script import Line

SCRIPT = (
    Line(
        "import",
        "{partner} imports the app's manifest in its sandbox at EU1",
        "The exported file has no secret; the client that comes of it has its own ID and secret there.",
    ),
    Line(
        "test",
        "{developer} tests the imported client at EU1",
        "The whole flow works there with EU1's own credentials; the answer names EU1 in iss, domain and site.",
    ),
    Line(
        "elsewhere",
        "The token of EU1 is tried at US1",
        "Nothing issued at one site is worth anything at another; the refusal says so, and the owner finds it.",
    ),
    Line(
        "pick",
        "{name} of {customer} connects from {app}'s own page, and picks EU1",
        "No site was known: the site-neutral address asks, and the very same request goes on there.",
    ),
    Line(
        "published",
        "{name} allows the published client at EU1",
        "It was published at US1 and copied here, with its secret's digest: the notifier's one client works at both.",
    ),
)
