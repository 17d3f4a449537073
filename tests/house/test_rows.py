"""Every row of the product's description and of its checks is named by a test."""

import re
from pathlib import Path

import pytest
from tests.house.conftest import ROOT

#: Where the description lies that the product was built from: beside the checkout, and not part of it.
DESCRIPTION = ROOT.parent / "shared"
PROMISED = (
    *(f"S{number}" for number in range(1, 36)),
    *(f"T{number}" for number in range(1, 12)),
    *(f"B{number}" for number in range(1, 18)),
)
#: B18 to B20 (doctor, upgrades without downtime, ready for agents) are ideas for later: a test may name them or not.
NOT_BUILT = {
    "B15": "keys made through an authorization are shown and revoked, but a partner cannot rotate them with its token",
    "B16": "a client has one secret at a time, as the platform's documentation says",
}
#: Rows of protocols that a server may leave out. Advertising one makes its rows due: A198 proves that none is.
NOT_ADVERTISED = {
    "A199": "resource indicators, RFC 8707",
    "A201": "access tokens as JWTs, RFC 9068",
    "A204": "pushed authorization requests, RFC 9126",
    "A205": "pushed authorization requests, RFC 9126",
    "A207": "proof of possession, RFC 9449",
    "A208": "proof of possession, RFC 9449",
}


def named() -> set[str]:
    """The rows that stand in tests, in marks or in names."""
    text = "\n".join(
        file.read_text("utf-8") for file in (ROOT / "tests").rglob("*.py") if file != Path(__file__)
    )
    marks = re.findall(r"mark\.row\(([^)]*)\)", text)
    names = re.findall(r"def test_(\w+)", text)
    return {
        row.upper()
        for one in (*marks, *names)
        for row in re.findall(r"(?<![a-zA-Z0-9])[abstABST]\d{1,3}(?!\d)", one)
    }


def test_every_promised_row_is_named_by_a_test() -> None:
    """What the product promises; what is not built says so here, and leaves the list when it is."""
    assert set(PROMISED) - named() == set(NOT_BUILT)


def test_every_check_of_the_wire_is_named_by_a_test() -> None:
    """By the list of checks, where it lies beside the checkout."""
    page = DESCRIPTION / "checks.md"
    if not page.is_file():
        pytest.skip("the list of checks does not lie beside this checkout")
    checks = set(re.findall(r"^\| ([AB]\d{3}) \|", page.read_text("utf-8"), re.MULTILINE))
    assert len(checks) > 150
    assert checks - named() == set(NOT_ADVERTISED)


def test_what_is_not_advertised_is_proven_to_be_inert() -> None:
    """The excuse of those rows."""
    assert "A198" in named()
