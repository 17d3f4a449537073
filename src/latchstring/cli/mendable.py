"""What an operator can mend is said in one line. Imported when something went wrong: it knows heavy modules."""

from latchstring.settings import SettingsInvalid
from latchstring.storage.awaiting import NoDatabase
from latchstring.storage.database import UNAVAILABLE
from latchstring.storage.embedded import EmbeddedFailed
from latchstring.storage.keys import KeysInvalid
from latchstring.wiring import WrongDatabase


def told(problem: Exception) -> str | None:
    """The line for the operator; none when it is our own fault, which deserves its traceback."""
    if isinstance(problem, (SettingsInvalid, KeysInvalid, WrongDatabase, EmbeddedFailed, NoDatabase)):
        return str(problem)
    if isinstance(problem, UNAVAILABLE):
        return f"the database does not answer: {problem or type(problem).__name__}"
    return None
