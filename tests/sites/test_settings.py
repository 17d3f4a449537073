"""The list of all sites: read from a file or the environment, and every fault named with its site."""

import json
from pathlib import Path

import pytest

from latchstring.kit.entropy import SystemEntropy
from latchstring.settings import Settings, SettingsInvalid, load_settings
from latchstring.sites.configured import site_of, sites_of
from latchstring.storage.keys import KeysInvalid
from latchstring.wiring import keys_of

US = {
    "name": "US1",
    "domain": "us1.example.com",
    "app_origin": "https://app.us1.example.com",
    "api_origin": "https://api.us1.example.com",
    "intake": {"logs": "https://http-intake.logs.us1.example.com"},
}
EU = {
    "name": "EU1",
    "region": "Frankfurt",
    "domain": "eu1.example.com",
    "app_origin": "https://app.eu1.example.com",
    "api_origin": "https://api.eu1.example.com",
}


def listed(site: str | None = "eu1", **changes: object) -> Settings:
    """Settings with both sites, `eu1` changed."""
    sites = {"us1": US, "eu1": {**EU, **changes}}
    environment = {"LATCHSTRING_SITES": json.dumps(sites)}
    return load_settings(environment | ({"LATCHSTRING_SITE": site} if site else {}))


@pytest.mark.row("S23")
def test_a_process_picks_its_own_site_from_the_list(tmp_path: Path) -> None:
    """In JSON and in TOML alike; the flat settings follow."""
    file = tmp_path / "settings.toml"
    file.write_text(
        'site = "us1"\n'
        + "".join(
            f"[sites.{key}]\n"
            + "".join(f"{name} = {json.dumps(value)}\n" for name, value in entry.items() if name != "intake")
            for key, entry in (("us1", US), ("eu1", EU))
        )
    )
    environment = {"LATCHSTRING_SETTINGS": str(file), "LATCHSTRING_SITE": "eu1"}
    for settings in (listed(), load_settings(environment)):
        assert (settings.site, settings.domain) == ("eu1", "eu1.example.com")
        assert site_of(settings).region == "Frankfurt"
        assert [site.key for site in sites_of(settings)] == ["us1", "eu1"]
    assert site_of(listed("us1")).api_authorities == {
        "api.us1.example.com",
        "http-intake.logs.us1.example.com",
    }


@pytest.mark.row("S23")
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"domain": "us1.example.com"}, "two have the same domain"),
        ({"domain": "https://eu1.example.com"}, "sites.eu1.domain must be bare"),
        ({"app_origin": "http://app.eu1.example.com"}, "sites.eu1.app_origin must be https"),
        ({"api_origin": "https://api.eu1.example.com/v1"}, "sites.eu1.api_origin must be an origin"),
        ({"intake": {"logs": "logs.eu1.example.com"}}, "sites.eu1.intake.logs must be an origin"),
        ({"colour": "blue"}, "sites.eu1: Object contains unknown field `colour`"),
    ],
)
def test_a_fault_is_named_with_its_site(changes: dict[str, object], told: str) -> None:
    """An operator reads which line is wrong."""
    with pytest.raises(SettingsInvalid, match=told.replace(".", r"\.")):
        listed(**changes)


@pytest.mark.row("S23")
def test_which_site_it_is_is_never_guessed() -> None:
    """Neither left out, nor unknown, nor told twice."""
    with pytest.raises(SettingsInvalid, match="say which site this process serves; there are us1, eu1"):
        listed(None)
    with pytest.raises(SettingsInvalid, match="ap1 is not in the list; there are us1, eu1"):
        listed("ap1")
    both = {"LATCHSTRING_SITES": json.dumps({"us1": US}), "LATCHSTRING_DOMAIN": "else.example.com"}
    with pytest.raises(SettingsInvalid, match="domain is given twice"):
        load_settings(both)


@pytest.mark.row("R20", "B074")
def test_sites_in_one_folder_have_their_own_keys_and_share_the_shared_ones(tmp_path: Path) -> None:
    """A key file from before there was a list is not taken for anybody's."""
    folder = {"LATCHSTRING_SITES": json.dumps({"us1": US, "eu1": EU}), "LATCHSTRING_DATA_DIR": str(tmp_path)}
    us, eu = (
        keys_of(load_settings({**folder, "LATCHSTRING_SITE": key}), SystemEntropy()) for key in ("us1", "eu1")
    )
    assert us.site != eu.site
    assert us.shared == eu.shared
    (tmp_path / "keys-us1.json").rename(tmp_path / "keys.json")
    with pytest.raises(KeysInvalid, match="rename it to keys-us1"):
        keys_of(load_settings({**folder, "LATCHSTRING_SITE": "us1"}), SystemEntropy())
