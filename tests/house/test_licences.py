"""What is shipped may be shipped: permissive or weak copyleft licences only."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FINE = re.compile(
    r"\b(MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|Unlicense|0BSD|MPL|Mozilla|PostgreSQL)\b",
    re.IGNORECASE,
)
STRONG = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)


def locked(kind: str) -> list[str]:
    text = (ROOT / "requirements" / f"{kind}.txt").read_text("utf-8")
    return re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE)


@pytest.mark.parametrize("package", locked("demo"))
def test_the_licence_of_a_dependency_lets_us_ship_it(package: str) -> None:
    """The package's own metadata says so."""
    try:
        about = metadata(package)
    except PackageNotFoundError:
        pytest.skip(f"{package} is for another platform")
    said = [
        about.get("License-Expression", ""),
        *(about.get_all("Classifier") or []),
        (about.get("License") or "")[:200],
    ]
    licences = " | ".join(
        str(line) for line in said if (line and "::" not in line) or "License ::" in str(line)
    )
    assert FINE.search(licences), licences
    assert not STRONG.search(licences), licences
