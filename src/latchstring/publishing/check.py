"""What is checked before reviewers look: the folder of the pull request, and the client that would be published.

Pure functions of values: each check names itself, says how it came out, and which case of its texts tells what to do.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from msgspec import UNSET

from latchstring.accounts.refused import Refused
from latchstring.apps.changes import Changes, changes
from latchstring.apps.coverage import Coverage
from latchstring.apps.manifest import ClientPart, Manifest, read_manifest
from latchstring.apps.model import ClientFields
from latchstring.protocol.redirect_uri import problem_with
from latchstring.publishing.folder import (
    MANIFEST,
    OAUTH_CLIENTS,
    README,
    Folder,
    Heading,
    headings,
    json_object,
    manifest_of,
    section,
    tile_part,
)

Outcome = Literal["passed", "failed", "warning"]
ROLE: Final = "integration"
REFERENCE: Final = f"{README}#Uninstallation"
_MOST_SHOWN = 1_000

_SENTENCES = re.compile(r"(?<=[.!?。])\s+|\n\s*\n|\n\s*(?:[-*+]|\d+[.)])\s+")
_AUTHORIZATION = re.compile(r"authori[sz]ation|승인|권한 부여", re.IGNORECASE)
_REVOKED = re.compile(r"revok|철회|취소|해지", re.IGNORECASE)
_API_KEY = re.compile(r"api[\s_-]*key|API\s*키", re.IGNORECASE)
_DISABLED = re.compile(r"disabl|revok|remov|delet|비활성|해지|삭제|폐기", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, how it came out, which case that is, and what its text names."""

    name: str
    outcome: Outcome
    case: str
    facts: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Registered:
    """What the site knows: the client that would be published, its ID, and whether the app is ready. `loopback`: plain
    http of this machine may be published."""

    fields: ClientFields
    client_id: str | None = None
    stable: bool | None = None
    coverage: Coverage | None = None
    loopback: bool = False


def check_all(folder: Folder | None, registered: Registered | None) -> list[Check]:
    """Every check that can be made with what is there."""
    found: list[Check] = []
    if folder is not None:
        found += check_folder(folder)
        found.append(_compared(folder, registered))
    elif registered is not None:
        found.append(Check("folder", "warning", "none"))
    if registered is not None:
        found += check_client(registered)
    return found


def check_folder(folder: Folder) -> list[Check]:
    """The checks of the three files alone."""
    return [
        _uninstallation_section(folder),
        _statement(folder, "revokes_authorizations", _AUTHORIZATION, _REVOKED),
        _statement(folder, "disables_api_keys", _API_KEY, _DISABLED),
        *_manifest(folder),
        _oauth_clients(folder),
    ]


def check_client(registered: Registered) -> list[Check]:
    """The checks of the app and its client alone."""
    found = [_redirect_uris(registered), _onboarding_url(registered)]
    if registered.stable is not None:
        found.insert(0, _made("stable", registered.stable, "in_development"))
    if registered.coverage is not None:
        found.append(_exercised(registered.coverage))
    return found


def _made(name: str, passed: bool, case: str, **where: Any) -> Check:
    return Check(name, "passed", "passed", **where) if passed else Check(name, "failed", case, **where)


def _in(file: str, line: int = 0) -> dict[str, Any]:
    """Where the reader of a check has to look."""
    return {"file": file, "line": line}


def _uninstallation_section(folder: Folder) -> Check:
    """`## Uninstallation` after `## Setup`, or below it."""
    name, readme = "uninstallation_section", folder.files.get(README)
    if readme is None:
        return Check(name, "failed", "no_readme", file=README)
    known = headings(readme)
    setup = next((one for one in known if one.level == 2 and _is(one, "Setup")), None)
    found = next((one for one in known if _is(one, "Uninstallation")), None)
    if setup is None:
        return Check(name, "failed", "no_setup", file=README)
    if found is None:
        return Check(name, "failed", "missing", file=README, line=setup.line + 1)
    where = _in(README, found.line + 1)
    if found.line < setup.line:
        return Check(name, "failed", "before_setup", **where)
    above = [one for one in known if one.line < found.line and one.level < found.level and one.level > 1]
    if found.level > 2 and (not above or not any(_is(one, "Setup") for one in above[-1:])):
        facts = {"level": "#" * found.level, "above": above[-1].text[:100] if above else "-"}
        return Check(name, "failed", "elsewhere", facts, **where)
    return Check(name, "passed", "passed", **where)


def _is(heading: Heading, title: str) -> bool:
    return heading.text.casefold() == title.casefold()


def _statement(folder: Folder, name: str, about: re.Pattern[str], done: re.Pattern[str]) -> Check:
    """A sentence of the section that says what becomes of something."""
    text = section(folder.files.get(README, ""), "Uninstallation", level=None)
    if text is None:
        return Check(name, "failed", "no_section", file=README)
    said = any(about.search(sentence) and done.search(sentence) for sentence in _SENTENCES.split(text))
    line = next((one.line + 1 for one in headings(folder.files[README]) if _is(one, "Uninstallation")), 0)
    return _made(name, said, "missing", file=README, line=line)


def _manifest(folder: Folder) -> list[Check]:
    members = manifest_of(folder)
    if members is None:
        case = "unreadable" if MANIFEST in folder.files else "missing"
        return [Check("manifest", "failed", case, file=MANIFEST)]
    return [
        Check("manifest", "passed", "passed", file=MANIFEST),
        _uninstallation_reference(folder, tile_part(members)),
        _oauth_reference(members),
    ]


def _uninstallation_reference(folder: Folder, tile: Mapping[str, Any]) -> Check:
    """`uninstallation` directly beneath `support`, naming the section of the README."""
    name, where = "uninstallation_reference", _in(MANIFEST)
    said = tile.get("uninstallation")
    if said is None:
        return Check(name, "failed", "missing" if "support" in tile else "no_support", **where)
    path, _, anchor = said.partition("#") if isinstance(said, str) else ("", "", "")
    if path != README or not _leads_somewhere(folder, anchor):
        return Check(name, "failed", "leads_nowhere", {"received": str(said)[:200]}, **where)
    order = list(tile)
    if "support" not in tile:
        return Check(name, "failed", "no_support", **where)
    if order.index("uninstallation") != order.index("support") + 1:
        return Check(name, "warning", "elsewhere", **where)
    return Check(name, "passed", "passed", **where)


def _leads_somewhere(folder: Folder, anchor: str) -> bool:
    wanted = re.sub(r"[^\w]+", "-", anchor.casefold()).strip("-")
    if README not in folder.files:
        return wanted == "uninstallation"
    slugs = {re.sub(r"[^\w]+", "-", one.text.casefold()).strip("-") for one in headings(folder.files[README])}
    return wanted == "uninstallation" and wanted in slugs


def _oauth_reference(members: Mapping[str, Any]) -> Check:
    assets = members.get("assets")
    said = assets.get("oauth") if isinstance(assets, dict) else None
    if said == OAUTH_CLIENTS:
        return Check("oauth_reference", "passed", "passed", file=MANIFEST)
    if said is None:
        return Check("oauth_reference", "failed", "missing", file=MANIFEST)
    return Check("oauth_reference", "failed", "other", {"received": str(said)[:200]}, file=MANIFEST)


def _oauth_clients(folder: Folder) -> Check:
    name, where = "oauth_clients", _in(OAUTH_CLIENTS)
    if OAUTH_CLIENTS not in folder.files:
        return Check(name, "failed", "missing", **where)
    read = _read(folder)
    if isinstance(read, Refused):
        reason = f"{read.field}: {read.reason}" if read.field else read.reason
        return Check(name, "failed", "unreadable", {"reason": reason[:300]}, **where)
    if read.places != (ROLE,):
        return Check(name, "failed", "roles", {"received": ", ".join(read.places)[:200]}, **where)
    return Check(name, "passed", "passed", **where)


def _read(folder: Folder) -> Manifest | Refused:
    try:
        return read_manifest(folder.files.get(OAUTH_CLIENTS, "").encode())
    except Refused as refused:
        return refused


def _compared(folder: Folder, registered: Registered | None) -> Check:
    """The file says exactly what is registered; the difference is named."""
    name, where, read = "oauth_clients_equal", _in(OAUTH_CLIENTS), _read(folder)
    if registered is None:
        return Check(name, "warning", "nothing_to_compare", **where)
    if isinstance(read, Refused) or read.places != (ROLE,):
        return Check(name, "failed", "no_file", **where)
    written, said = as_fields(read.clients[0]), (json_object(folder.files[OAUTH_CLIENTS]) or {}).get(ROLE)
    found = differing(changes(registered.fields, written))
    file_id = said.get("id") if isinstance(said, dict) else None
    if registered.client_id is not None and file_id != registered.client_id:
        found.append(f"id: {_brief(file_id)} ≠ {registered.client_id}")
    if found:
        return Check(name, "failed", "differs", {"difference": "\n".join(found)[:_MOST_SHOWN]}, **where)
    return Check(name, "passed", "passed", **where)


def differing(found: Changes) -> list[str]:
    """What differs from what is registered, one line each: `+` is only in the file, `-` only registered."""
    lines = [
        f"{text.field}: {_brief(''.join(piece.text for piece in text.after))} ≠ "
        + _brief("".join(piece.text for piece in text.before))
        for text in found.texts
    ]
    for listed in found.lists:
        lines += [f"{listed.field}: + {one[:200]}" for one in listed.added]
        lines += [f"{listed.field}: - {one[:200]}" for one in listed.removed]
    return lines


def _brief(value: object) -> str:
    return f"“{str(value)[:200]}”" if value is not None else "—"


def as_fields(part: ClientPart) -> ClientFields:
    """The fields of a client as a file has them; what it leaves out is empty."""
    return ClientFields(
        part.name,
        "" if part.description is UNSET else part.description,
        () if part.redirect_uris is UNSET else part.redirect_uris,
        "" if part.onboarding_url is UNSET else part.onboarding_url,
        () if part.scopes is UNSET else part.scopes,
    )


def _redirect_uris(registered: Registered) -> Check:
    uris = registered.fields.redirect_uris
    bad = [uri for uri in uris if problem_with(uri, test_client=registered.loopback)]
    if bad:
        return Check("redirect_uris", "failed", "not_public", {"uris": _listed(bad)})
    return _made("redirect_uris", bool(uris), "none")


def _onboarding_url(registered: Registered) -> Check:
    url = registered.fields.onboarding_url
    if url and problem_with(url, test_client=registered.loopback):
        return Check("onboarding_url", "failed", "not_public", {"url": url[:200]})
    return _made("onboarding_url", bool(url), "none")


def _exercised(covered: Coverage) -> Check:
    """Every requested scope was used in the sandbox, and none is broader than what was done."""
    unused = [one.scope for one in covered.scopes if one.flag == "unused"]
    if unused:
        return Check("scopes_exercised", "failed", "unused", {"scopes": _listed(unused)})
    odd = [one.scope for one in covered.scopes if one.flag is not None]
    if odd:
        return Check("scopes_exercised", "warning", "too_broad", {"scopes": _listed(odd)})
    return Check("scopes_exercised", "passed", "passed")


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values)[:_MOST_SHOWN]


def failed(checks: Iterable[Check]) -> list[Check]:
    """Those that failed."""
    return [check for check in checks if check.outcome == "failed"]
