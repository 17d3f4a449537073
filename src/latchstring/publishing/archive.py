"""The integration's folder as a zip, or as a folder on disk: three files count, each bounded before it is read.

Nothing is ever unpacked to a disk. What only attacks need (links, ways out of the folder, encryption, absurd sizes) is
refused by name instead of being skipped.
"""

import stat
import zipfile
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Final

from latchstring.accounts.refused import Refused
from latchstring.protocol.parameters import is_text
from latchstring.publishing.folder import LARGEST, Folder

#: The largest zip that is taken, and what it may have in it.
LARGEST_ZIP: Final = 4 * 1024 * 1024
_MOST_ENTRIES = 2_000
_MOST_UNPACKED = 64 * 1024 * 1024
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_FIELD = "folder"


def read_zip(content: bytes) -> Folder:
    """The files that count, from a zip of the folder, or of one that has it inside.

    Raises:
        Refused: it is no such zip; says why.
    """
    if len(content) > LARGEST_ZIP:
        raise Refused(f"must not be larger than {LARGEST_ZIP // 1024 // 1024} MiB", field=_FIELD)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entries = _checked(archive.infolist())
            files = {name: _read(archive, entry) for name, entry in entries.items()}
    except (
        zipfile.BadZipFile,
        OSError,
        EOFError,
        ValueError,
        RuntimeError,  # encrypted, or compressed in a way that is not known here
        LookupError,
    ):
        raise Refused("is no zip file, or a broken one", field=_FIELD) from None
    return checked_folder(files)


def read_directory(path: Path) -> Folder:
    """The files that count, from a folder on this machine.

    Raises:
        Refused: there is no such folder, or a file of it is too large or no text.
    """
    if not path.is_dir():
        raise Refused(f"{path} is no folder")
    found: dict[str, bytes] = {}
    for name, most in LARGEST.items():
        if (file := path / name).is_file():
            with file.open("rb") as opened:
                found[name] = opened.read(most + 1)
    return checked_folder(found)


def checked_folder(files: dict[str, bytes]) -> Folder:
    """The texts of these files.

    Raises:
        Refused: none is there, one is too large, or one is no text.
    """
    if not files:
        raise Refused("has none of README.md, manifest.json and assets/oauth_clients.json", field=_FIELD)
    return Folder({name: _text(name, content) for name, content in files.items()})


def _text(name: str, content: bytes) -> str:
    most = LARGEST[name]
    if len(content) > most:
        raise Refused(f"{name} must not be larger than {most // 1024} KiB", field=_FIELD)
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        raise Refused(f"{name} is no text in UTF-8", field=_FIELD) from None
    if not is_text(text):
        raise Refused(f"{name} has characters that no text has", field=_FIELD)
    return text.replace("\r\n", "\n")


def _checked(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The entries that count, by their path in the folder, once every entry has been found harmless."""
    if len(entries) > _MOST_ENTRIES:
        raise Refused(f"must not have more than {_MOST_ENTRIES} files", field=_FIELD)
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise Refused(f"must not be larger than {_MOST_UNPACKED // 1024 // 1024} MiB unpacked", field=_FIELD)
    for entry in entries:
        if problem := _problem_with(entry):
            raise Refused(f"{entry.filename[:100]!r} {problem}", field=_FIELD)
    root = _root([entry.filename for entry in entries])
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        name = entry.filename.removeprefix(root)
        if name in LARGEST and name in found:
            raise Refused(f"{name} is there twice", field=_FIELD)
        if name in LARGEST:
            found[name] = entry
    return found


def _problem_with(entry: zipfile.ZipInfo) -> str | None:
    name = entry.orig_filename
    path = PurePosixPath(name)
    if (
        "\\" in name
        or "\x00" in name
        or path.is_absolute()
        or ".." in path.parts
        or ":" in "".join(path.parts[:1])
    ):
        return "leads out of the folder"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or no file"
    if entry.flag_bits & 0x1:
        return "is encrypted"
    if entry.compress_type not in _METHODS:
        return "is compressed in a way that is not read here"
    return None


def _root(names: list[str]) -> str:
    """The folder within, when everything is inside of one."""
    if any(name in LARGEST for name in names):
        return ""
    inside = [
        name.removesuffix(wanted)
        for name in names
        for wanted in LARGEST
        if name.endswith("/" + wanted) and not name.startswith("__MACOSX/")
    ]
    return min(inside, key=len, default="")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """At most one byte more than the file may have, whatever the archive says of its size."""
    most = LARGEST[next(name for name in LARGEST if entry.filename.endswith(name))]
    with archive.open(entry) as opened:
        return opened.read(most + 1)
