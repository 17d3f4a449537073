"""What the demo must know again at its next start: credentials that are shown only once."""

from pathlib import Path

import msgspec


class Remembered(msgspec.Struct, frozen=True):
    """The notifier's client, and credentials of the JSON API: of operator and developer, and of reviewers by party."""

    client_id: str
    client_secret: str
    operator_credential: str
    developer_credential: str
    reviewers: dict[str, str] = {}


def recall(file: Path) -> Remembered | None:
    """What was kept, or None when there is nothing that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Remembered)
    except (OSError, msgspec.DecodeError):
        return None


def remember(file: Path, content: Remembered) -> None:
    """Keep it, for this user alone."""
    file.touch(mode=0o600)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(content)))
