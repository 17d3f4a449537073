"""The checks of a folder and a client: pure, on texts made here and on integrations that exist."""

import json
from pathlib import Path

import pytest

from latchstring.apps.coverage import Coverage, ScopeCoverage
from latchstring.apps.model import ClientFields
from latchstring.publishing.archive import read_directory
from latchstring.publishing.check import Check, Registered, check_all, check_folder, failed
from latchstring.publishing.check_texts import SENTENCES, TITLES, sentence
from latchstring.publishing.folder import MANIFEST, OAUTH_CLIENTS, README, Folder, json_object, tile_of
from latchstring.publishing.pull_request import changed_manifest, manifest_change, oauth_clients

CLIENT_ID = "3b1f8f0e-6f0e-4a53-9d52-6f0d9a4a7a11"
FIELDS = ClientFields(
    "Pagewell",
    "Pages people",
    ("https://pagewell.example/cb",),
    "https://pagewell.example/start",
    ("monitors_read",),
)
UNINSTALLATION = """## Uninstallation
- Once this integration has been uninstalled, any previous authorizations are revoked.
- Ensure that all API keys are disabled by searching for Pagewell on the API Keys page.
"""
GOOD = f"# Pagewell\n\n## Overview\nPages.\n\n## Setup\nInstall.\n\n{UNINSTALLATION}\n## Support\nAsk.\n"
TILE = {"support": "README.md#Support", "uninstallation": "README.md#Uninstallation"}
ASSETS = {"oauth": OAUTH_CLIENTS}
REAL = Path(__file__).parents[3] / "shared" / "reference" / "integrations"


def folder(readme: str = GOOD, manifest: object = None, clients: str | None = None) -> Folder:
    """A folder that passes, with changes."""
    second = {"manifest_version": "2.0.0", "tile": TILE, "assets": ASSETS}
    return Folder(
        {
            README: readme,
            MANIFEST: json.dumps(second if manifest is None else manifest),
            OAUTH_CLIENTS: oauth_clients(CLIENT_ID, FIELDS) if clients is None else clients,
        }
    )


def case_of(checks: list[Check], name: str) -> tuple[str, str]:
    """How a check came out, and which case it is."""
    found = next(check for check in checks if check.name == name)
    assert sentence(found, "en") != sentence(found, "ko")
    return found.outcome, found.case


@pytest.mark.row("S25")
@pytest.mark.parametrize("manifest", [None, {"manifest_version": "1.0.0", **TILE, "assets": ASSETS}])
def test_a_folder_as_the_document_asks_for_passes(manifest: object) -> None:
    """Manifest version 1 and 2; everything passes."""
    registered = Registered(FIELDS, CLIENT_ID, stable=True)
    found = check_all(folder(manifest=manifest), registered)
    assert [check for check in found if check.outcome != "passed"] == []
    assert len(found) == 11


@pytest.mark.row("S25")
@pytest.mark.parametrize(
    ("readme", "name", "case"),
    [
        ("", "uninstallation_section", "no_setup"),
        ("## Setup\nx\n", "uninstallation_section", "missing"),
        (f"{UNINSTALLATION}\n## Setup\nx\n", "uninstallation_section", "before_setup"),
        (f"## Setup\n\n## Data\n\n#{UNINSTALLATION}", "uninstallation_section", "elsewhere"),
        ("## Setup\n```\n## Uninstallation\n```\n", "uninstallation_section", "missing"),
        (f"## Setup\n\n#{UNINSTALLATION}", "uninstallation_section", "passed"),
        (GOOD.replace("authorizations are revoked", "data is gone"), "revokes_authorizations", "missing"),
        (GOOD.replace("API keys", "tokens").replace("API Keys", "Tokens"), "disables_api_keys", "missing"),
        (GOOD.replace("disabled", "kept"), "disables_api_keys", "missing"),
        (
            "## Setup\nAPI keys are disabled.\nauthorizations are revoked.\n",
            "disables_api_keys",
            "no_section",
        ),
        (
            "## Setup\n## Uninstallation\n제거하면 이전 승인이 철회됩니다.\n",
            "revokes_authorizations",
            "passed",
        ),
        ("## Setup\n## Uninstallation\n관련 API 키를 비활성화하십시오.\n", "disables_api_keys", "passed"),
    ],
)
def test_the_readme_says_how_to_uninstall(readme: str, name: str, case: str) -> None:
    """A section at its place with both statements."""
    assert case_of(check_folder(folder(readme)), name)[1] == case


@pytest.mark.row("S25")
@pytest.mark.parametrize(
    ("tile", "outcome", "case"),
    [
        ({"support": "x"}, "failed", "missing"),
        ({}, "failed", "no_support"),
        ({"uninstallation": "README.md#Uninstallation"}, "failed", "no_support"),
        ({"support": "x", "uninstallation": "README.md#Removal"}, "failed", "leads_nowhere"),
        ({"support": "x", "uninstallation": 7}, "failed", "leads_nowhere"),
        ({"uninstallation": "README.md#Uninstallation", "support": "x"}, "warning", "elsewhere"),
        ({"support": "x", "a": 1, "uninstallation": "README.md#Uninstallation"}, "warning", "elsewhere"),
    ],
)
@pytest.mark.parametrize("second", [True, False])
def test_the_manifest_refers_to_it_directly_beneath_support(
    tile: dict[str, object], outcome: str, case: str, second: bool
) -> None:
    """In `tile` of version 2, on top in version 1."""
    manifest = (
        {"manifest_version": "2.0.0", "tile": tile} if second else {"manifest_version": "1.0.0", **tile}
    )
    found = check_folder(folder(manifest=manifest))
    assert case_of(found, "uninstallation_reference") == (outcome, case)
    assert case_of(found, "oauth_reference") == ("failed", "missing")


@pytest.mark.row("S25", "R8")
@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a":' * 60_000, "\ud7ff", '{"tile": [], "assets": []}', "null"]
)
def test_files_that_are_not_what_they_should_be_are_a_finding(text: str) -> None:
    """Whatever stands in a file, there is a sentence about it and no traceback."""
    for name in (README, MANIFEST, OAUTH_CLIENTS):
        found = check_all(Folder({**folder().files, name: text}), Registered(FIELDS, CLIENT_ID))
        assert failed(found)
        assert all(sentence(check, "en") and sentence(check, "ko") for check in found)


@pytest.mark.row("S25")
def test_the_file_of_the_client_says_what_is_registered() -> None:
    """Every difference is named, in either direction; order means nothing."""
    other = ClientFields(
        "Other",
        "Pages people",
        ("https://x.example/cb",),
        FIELDS.onboarding_url,
        ("monitors_read", "events_read"),
    )
    found = check_all(folder(clients=oauth_clients("another-id", other)), Registered(FIELDS, CLIENT_ID))
    check = next(one for one in found if one.name == "oauth_clients_equal")
    assert (check.outcome, check.case) == ("failed", "differs")
    for line in ("name: “Other” ≠ “Pagewell”", "redirect_uris: + https://x.example/cb", "scopes: + events_read",
                 "redirect_uris: - https://pagewell.example/cb", f"id: “another-id” ≠ {CLIENT_ID}"):  # fmt: skip
        assert line in check.facts["difference"]
    same = oauth_clients(CLIENT_ID, ClientFields(FIELDS.name, FIELDS.description, FIELDS.redirect_uris,
                                                 FIELDS.onboarding_url, FIELDS.scopes))  # fmt: skip
    assert (
        case_of(check_all(folder(clients=same), Registered(FIELDS, CLIENT_ID)), "oauth_clients_equal")[0]
        == "passed"
    )
    two = json.dumps({"integration": {"name": "a"}, "agent": {"name": "b"}})
    assert case_of(check_folder(folder(clients=two)), "oauth_clients")[1] == "roles"


@pytest.mark.row("S24", "S25", "B2", "S9")
def test_the_client_is_ready_for_customers() -> None:
    """Stable, https alone, an onboarding URL, and each scope used in the sandbox."""
    bad = ClientFields("P", "", ("http://localhost:8080/cb",), "", ("monitors_read",))
    unused = Coverage((ScopeCoverage("monitors_read", (), "unused"),), (), ())
    found = check_all(None, Registered(bad, None, stable=False, coverage=unused))
    assert {(check.name, check.case) for check in found} == {
        ("folder", "none"), ("stable", "in_development"), ("redirect_uris", "not_public"),
        ("onboarding_url", "none"), ("scopes_exercised", "unused"),
    }  # fmt: skip
    broad = Coverage((ScopeCoverage("monitors_read", (), "needless", ()),), (), ())
    assert case_of(check_all(None, Registered(FIELDS, None, True, broad)), "scopes_exercised")[0] == "warning"


@pytest.mark.row("S25", "S27")
@pytest.mark.parametrize("second", [True, False])
def test_what_is_given_to_copy_passes_the_checks(second: bool) -> None:
    """The changed manifest keeps everything else in its order; the snippet says the same."""
    old = {"app_id": "p", "support": "x", "uninstallation": "old", "overview": "README.md#Overview"}
    manifest: dict[str, object] = {"manifest_version": "2.0.0", "tile": old} if second else dict(old)
    manifest["assets"] = {"dashboards": {"a": "b"}}
    changed = json.loads(changed_manifest(manifest))
    found = check_folder(folder(manifest=changed))
    assert case_of(found, "uninstallation_reference")[0] == case_of(found, "oauth_reference")[0] == "passed"
    tile = changed["tile"] if second else changed
    assert [name for name in tile if name in old] == ["app_id", "support", "uninstallation", "overview"]
    assert changed["assets"] == {"dashboards": {"a": "b"}, "oauth": OAUTH_CLIENTS}
    snippet = json_object("{" + manifest_change(second=second).strip().removesuffix(",") + "}")
    assert snippet is not None
    snippet_tile = snippet["tile"] if second else snippet
    assert snippet_tile["uninstallation"] == "README.md#Uninstallation"


def test_every_check_and_case_has_words_in_both_languages() -> None:
    """No case without a sentence, none twice the same."""
    assert {name for name, _ in SENTENCES} == set(TITLES)
    for en, ko in [*SENTENCES.values(), *TITLES.values()]:
        assert en
        assert any("가" <= character <= "힣" for character in ko), ko


#: What real, published integrations fail on: hard facts about their files, not matters of taste.
_FAILING = {
    "aimon": {"revokes_authorizations"},
    "anecdote": {"revokes_authorizations"},
    "blink": {"disables_api_keys"},
    "cloudquery-cloud": {"revokes_authorizations", "disables_api_keys"},
    "doppler": {"uninstallation_section", "revokes_authorizations"},
    "moovingon_ai": {"revokes_authorizations", "disables_api_keys", "uninstallation_reference"},
    "onepane": {"uninstallation_reference"},
    "sofy_sofy": {"revokes_authorizations"},
}


@pytest.mark.row("S25")
@pytest.mark.skipif(not REAL.is_dir(), reason="the reference integrations are not beside the repository")
def test_integrations_that_exist_pass_or_fail_on_a_sentence_to_act_on() -> None:
    """Each of them is read; each tile has its texts."""
    found = sorted(path for path in REAL.iterdir() if path.is_dir())
    assert len(found) >= 20
    for path in found:
        read = read_directory(path)
        bad = failed(check_folder(read))
        assert {check.name for check in bad} == _FAILING.get(path.name, set()), path.name
        for check in bad:
            assert any(word in sentence(check, "en") for word in ("Add", "Write", "Move")), sentence(
                check, "en"
            )
        tile = tile_of(read)
        assert tile is not None
        assert all((tile.title, tile.description, tile.overview, tile.configuration, tile.uninstallation)), (
            path.name
        )
        assert tile.categories
