"""Differences are marked truly, and what is written down holds no credential."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latchstring.audit.differences import closest, differences
from latchstring.audit.explained import ScopesAgainst, TextAgainst, against, explained, fix_of
from latchstring.audit.explanations import EXPLANATIONS
from latchstring.audit.explanations.rules import _NO_RULE, rule_of
from latchstring.audit.refusals import Refused
from latchstring.audit.scrub import masked, scrubbed, scrubbed_notes
from latchstring.protocol import credentials
from latchstring.protocol.faults import all_causes

TEXT = st.text(st.sampled_from("ab/é %"), max_size=40) | st.text(max_size=400)


@pytest.mark.row("B1")
@given(TEXT, TEXT)
def test_the_pieces_of_each_side_are_the_text(received: str, expected: str) -> None:
    """Nothing is lost or made up; what is marked the same is the same on both sides; equal texts have no mark."""
    ours, theirs = differences(received, expected)
    assert "".join(piece.text for piece in ours) == received
    assert "".join(piece.text for piece in theirs) == expected
    assert "".join(piece.text for piece in ours if piece.same) == "".join(
        piece.text for piece in theirs if piece.same
    )
    assert all(piece.same for piece in ours + theirs) == (received == expected)


@given(TEXT, st.lists(TEXT, min_size=1, max_size=5))
def test_the_closest_is_one_of_them_and_the_same_if_it_is_there(received: str, expected: list[str]) -> None:
    """Then there is nothing to mark."""
    found = closest(received, expected)
    assert found in expected
    if received in expected:
        assert found == received


def test_long_strangers_are_compared_in_no_time() -> None:
    """A hostile pair of long texts is marked as a whole."""
    ours, _ = differences("ab" * 1_000, "ba" * 1_000)
    assert len(ours) <= 3


@pytest.mark.parametrize("cause", sorted(all_causes()))
def test_every_cause_has_a_rule(cause: str) -> None:
    """In both languages."""
    rule = rule_of(cause)
    assert rule is not _NO_RULE or cause.startswith("rehearsed"), cause
    assert rule.en.endswith(".") and rule.ko.endswith("니다.")


def test_scopes_are_compared_as_sets() -> None:
    """What the operation needs and the token lacks is missing; what else the token carries is no fault."""
    noted = {
        "received": "events_read monitors_read",
        "expected": "dashboards_read monitors_read",
        "missing": "dashboards_read",
    }
    found = against("scope_missing", noted)
    assert isinstance(found, ScopesAgainst)
    assert (found.missing, found.extra) == ({"dashboards_read"}, frozenset())
    assert fix_of("scope_missing", noted, "x") == "dashboards_read"
    asked = {"received": "a z", "expected": "a b", "extra": "z"}
    found = against("scope_unknown", asked)
    assert isinstance(found, ScopesAgainst)
    assert (found.missing, found.extra) == (frozenset(), {"z"})
    assert fix_of("scope_unknown", asked, "x") == "a"


def test_the_nearest_of_several_addresses_is_shown() -> None:
    """And the others after it."""
    found = against(
        "redirect_uri_mismatch", {"received": "https://a/b/", "expected": "https://z/\nhttps://a/b"}
    )
    assert isinstance(found, TextAgainst)
    assert "".join(piece.text for piece in found.expected) == "https://a/b"
    assert found.others == ("https://z/",)


@given(
    st.sampled_from(sorted(EXPLANATIONS)),
    st.dictionaries(st.sampled_from(["received", "expected", "missing", "extra", "late_s"]), TEXT),
)
def test_whatever_was_noted_can_be_explained(cause: str, noted: dict[str, str]) -> None:
    """Notes of older versions, too."""
    refused = Refused(
        uuid4(), "0" * 24, uuid4(), datetime(2026, 1, 1, tzinfo=UTC), "GET /x", cause, 400, noted
    )
    assert explained(refused, "ko").why


@pytest.mark.row("B1", "R27")
@given(
    st.sampled_from(["lscs", "lsat", "lsrt", "lsac", "lspt", "lsrs"]),
    st.binary(min_size=16, max_size=80),
    TEXT,
    TEXT,
)
def test_no_credential_survives_scrubbing(prefix: str, random: bytes, before: str, after: str) -> None:
    """Whatever stands around it."""
    secret = credentials.compose(prefix, "us1", random)
    body = secret.split("_")[2]
    assert body not in scrubbed(f"{before} {secret} {after}")
    assert (
        body
        not in scrubbed_notes({"received": f"https://x/?a={secret}&b={after}", "expected": "https://x/"})[
            "received"
        ]
    )
    assert body not in str(masked(secret))
    assert "\x00" not in scrubbed(before + "\x00")


def test_addresses_of_our_own_are_not_scrubbed() -> None:
    """What we expected is no secret, so that a difference can be seen."""
    uri = "https://x.example/" + "a" * 50
    noted = scrubbed_notes({"received": uri + "/", "expected": uri})
    assert noted == {"received": uri + "/", "expected": uri}
