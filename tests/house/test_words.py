"""What must not stand in the repository."""

import re
from pathlib import Path

from tests.house.conftest import PACKAGE, ROOT

# Put together from pieces, so that this file does not hold what it forbids.
REGISTRIES = re.compile(
    "|".join(re.escape(".".join(parts)) for parts in (
        ("py" + "pi", "org"), ("python" + "hosted", "org"), ("registry", "npm" + "js", "org"),
        ("crates", "io/api"), ("proxy", "golang", "org"), ("conda", "anaconda", "org"), ("rubygems", "org"),
    ))
)  # fmt: skip
WORKPLACE = re.compile(
    "|".join(("/" + "work/", "/tmp/" + "brief", "/opt/" + "wheels", "shared" + "/reference"))
)
BRAND = re.compile("data" + "dog", re.IGNORECASE)


def names(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_no_file_names_a_package_registry(kept_files: list[Path]) -> None:
    """Where packages come from is the reader's own setting."""
    assert [names(file) for file in kept_files if REGISTRIES.search(text_of(file))] == []


def test_no_file_tells_where_it_was_written(kept_files: list[Path]) -> None:
    """Folders of one machine mean nothing on another."""
    assert [names(file) for file in kept_files if WORKPLACE.search(text_of(file))] == []


def test_the_locked_requirements_are_pinned_and_hashed() -> None:
    """Every package has one version and at least one hash, and no address."""
    for file in sorted((ROOT / "requirements").glob("*.txt")):
        text = file.read_text("utf-8")
        packages = re.findall(r"^[a-z0-9][^\n]*", text, re.MULTILINE)
        assert packages
        assert all("==" in line for line in packages), file.name
        assert text.count("==") <= text.count("--hash=sha256:"), file.name
        assert "://" not in text and "index-url" not in text, file.name


def test_the_products_texts_name_no_brand() -> None:
    """What people read speaks of the host."""
    folders = [PACKAGE / "web" / "templates", PACKAGE / "web" / "translations", PACKAGE / "audit"]
    files = [
        file for folder in folders for file in folder.rglob("*") if file.suffix in (".html", ".po", ".py")
    ]
    assert files
    found = {names(file) for file in files if BRAND.search(text_of(file).replace("DD-", ""))}
    assert found == set()


def text_of(file: Path) -> str:
    return file.read_text("utf-8", errors="replace")
