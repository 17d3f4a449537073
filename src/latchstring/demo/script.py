"""The script of the demo: each step's name, what happens, and what it proves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One step; `title` takes the names of those who play."""

    name: str
    title: str
    proves: str


SCRIPT = (
    Line(
        "manifest",
        "{partner}'s sandbox has the app of its manifest file",
        "Apps are code: what the API exports equals the file. Reviewed and published by the host (seeded).",
    ),
    Line(
        "sign_in",
        "{name} of {customer} chooses Connect, and signs in",
        "The onboarding URL gets the domain; state and PKCE begin at the partner; sign-in comes back here.",
    ),
    Line(
        "consent",
        "{name} sees what {app} asks for",
        "Consent names the app, its maker, the organization, each scope in words, and how to undo it.",
    ),
    Line(
        "allow",
        "{name} allows it",
        "The browser goes back with code, state, iss, domain and site, and with nothing else.",
    ),
    Line(
        "exchange",
        "{app} exchanges the code, with PKCE",
        "Client secret and verifier both fit. Nobody typed or saw a key.",
    ),
    Line(
        "monitors",
        "It reads {customer}'s monitors with the official client",
        "The unmodified client package works against this host; only this organization's data comes.",
    ),
    Line(
        "key",
        "It creates its API key",
        "The key is on the API Keys page under its name and integration; its value was shown once.",
    ),
    Line(
        "send",
        "It sends a metric, an event and logs",
        "Intake takes what the official client sends, with the key alone.",
    ),
    Line(
        "query",
        "They are there when queried",
        "What was sent with the key is read back with the token, in the same organization.",
    ),
    Line(
        "outside",
        "A call outside its scopes is refused",
        "The token does what was consented to and no more.",
    ),
    Line(
        "explain",
        "{partner} asks why",
        "Every refusal is explained to the app's owner; without a credential nobody learns anything.",
    ),
    Line(
        "refresh",
        "It refreshes",
        "A new access token works; a refresh never locks the partner out.",
    ),
    Line(
        "revoke_key",
        "{name} revokes the API key, and the next page is refused",
        "A key dies on every process before the answer is sent.",
    ),
    Line(
        "revoke",
        "{name} revokes the authorization",
        "Two clicks under Organization Settings, OAuth Apps.",
    ),
    Line(
        "shut_out",
        "The very next call fails",
        "Access token and refresh token are dead at once: the integration is shut out.",
    ),
)
