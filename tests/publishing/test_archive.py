"""A zip of the integration's folder: what it may be, and what is refused by name."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from latchstring.accounts.refused import Refused
from latchstring.publishing.archive import LARGEST_ZIP, read_directory, read_zip


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def linked(target: str) -> bytes:
    """A zip in which the README is a symbolic link."""
    made, entry = io.BytesIO(), zipfile.ZipInfo("README.md")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(entry, target)
    return made.getvalue()


@pytest.mark.row("S25")
@pytest.mark.parametrize("prefix", ["", "pagewell/", "integrations-main/pagewell/"])
def test_the_three_files_are_found_wherever_the_folder_is(prefix: str) -> None:
    """On top, or inside; nothing else is read, and a byte order mark means nothing."""
    files = {"README.md": b"\xef\xbb\xbf# A", "manifest.json": b"{}", "assets/oauth_clients.json": b"{}",
             "images/a.png": b"\x89PNG"}  # fmt: skip
    read = read_zip(zipped({prefix + name: content for name, content in files.items()}))
    assert read.files == {"README.md": "# A", "manifest.json": "{}", "assets/oauth_clients.json": "{}"}


@pytest.mark.row("R25", "S25")
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no zip file"),
        (b"PK\x03\x04" + b"\x00" * 40, "no zip file"),
        (b"x" * (LARGEST_ZIP + 1), "larger than"),
        (zipped({"../README.md": b"x"}), "leads out"),
        (zipped({"a/../../README.md": b"x"}), "leads out"),
        (zipped({"/etc/README.md": b"x"}), "leads out"),
        (zipped({"C:/README.md": b"x"}), "leads out"),
        (zipped({"a\\..\\README.md": b"x"}), "leads out"),
        (zipped({"other.txt": b"x"}), "none of README.md"),
        (zipped({"README.md": b"\x00" * 300_000}), "larger than 128 KiB"),
        (zipped({"README.md": b"\xff\xfe"}), "no text"),
        (zipped({"README.md": b"a\x00b"}), "no text has"),
        (zipped({f"f{n}": b"" for n in range(2_001)}), "more than"),
        (zipped({"bomb": b"\x00" * 68_000_000, "README.md": b"x"}), "unpacked"),
        (zipped({"README.md": b"x"}, zipfile.ZIP_LZMA), "compressed in a way"),
        (linked("/etc/passwd"), "is a link"),
    ],
)
def test_what_only_attacks_need_is_refused(content: bytes, told: str) -> None:
    """Bombs, ways out, links and broken archives, each by name."""
    with pytest.raises(Refused, match=told):
        read_zip(content)


@pytest.mark.row("R25")
def test_an_archive_that_lies_about_a_size_is_read_no_further_than_it_may() -> None:
    """The size in the directory is not believed."""
    honest = zipped({"README.md": b"a" * 500_000})
    lying = honest.replace((500_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(Refused):
        read_zip(lying)


@pytest.mark.row("S25")
def test_a_folder_on_this_machine(tmp_path: Path) -> None:
    """What is there is read; a folder without any of the files is none."""
    with pytest.raises(Refused, match="none of"):
        read_directory(tmp_path)
    (tmp_path / "README.md").write_text("# A\r\nb")
    assert read_directory(tmp_path).files == {"README.md": "# A\nb"}
    with pytest.raises(Refused, match="no folder"):
        read_directory(tmp_path / "README.md")
