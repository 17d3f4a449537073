"""Letters on their way: composed, and handed to an SMTP server or put into a folder."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

from latchstring.settings import is_loopback

_WITHIN_S = 15


@dataclass(frozen=True, slots=True)
class Mail:
    """What a letter says, in its reader's language."""

    subject: str
    text: str
    html: str


#: Event, facts and language to what the letter says.
Write = Callable[[str, dict[str, object], str | None], Mail]


class CannotSend(Exception):
    """Nobody took the letter; the message is a short reason of ours."""


class Mailer(Protocol):
    """Takes letters. Blocks, so call it in a thread."""

    def send(self, letter: EmailMessage) -> None:
        """Hand a letter over.

        Raises:
            CannotSend: nobody took it.
        """


def compose(sender: str, email: str, name: str, mail: Mail, message_id: UUID, now: datetime) -> EmailMessage:
    """The letter. Whatever stands in a name or subject ends up in its own header and in no other; a letter that is
    sent a second time has the same Message-ID.

    Raises:
        CannotSend: the address is none that a letter can have.
    """
    letter = EmailMessage(policy=SMTP)
    try:
        letter["From"] = sender
        letter["To"] = Address(display_name=_line(name), addr_spec=email)
        letter["Subject"] = _line(mail.subject)
    except (ValueError, IndexError, HeaderParseError):
        raise CannotSend("bad_address") from None
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{message_id}@{letter['From'].addresses[0].domain or 'latchstring.invalid'}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(mail.text)
    letter.add_alternative(mail.html, subtype="html")
    return letter


class Folder:
    """Letters as files, for the demo and for development."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: EmailMessage) -> None:
        """See `Mailer.send`. The name says which message it is, so a second sending is no second file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = str(letter["Message-ID"]).strip("<>").partition("@")[0]
        part = self._folder / f"{name}.part"
        part.write_bytes(letter.as_bytes())
        part.replace(self._folder / f"{name}.eml")


class SmtpServer:
    """A server that takes letters: `smtps://`, or `smtp://` with STARTTLS wherever it is offered."""

    def __init__(self, url: str) -> None:
        """`url`: `smtp://user:password@host:port`. A password goes over TLS only, or to this machine."""
        self._url = urlsplit(url)

    def send(self, letter: EmailMessage) -> None:
        """See `Mailer.send`."""
        try:
            with _connected(self._url) as server:
                if self._url.username:
                    server.login(unquote(self._url.username), unquote(self._url.password or ""))
                server.send_message(letter)
        except smtplib.SMTPResponseException as problem:
            raise CannotSend(f"smtp_{problem.smtp_code}") from None
        except smtplib.SMTPRecipientsRefused:
            raise CannotSend("recipient_refused") from None
        except smtplib.SMTPException as problem:
            raise CannotSend(type(problem).__name__) from None
        except OSError:
            raise CannotSend("no_connection") from None


def _connected(url: SplitResult) -> smtplib.SMTP:
    host, tls = url.hostname or "localhost", ssl.create_default_context()
    if url.scheme == "smtps":
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=_WITHIN_S, context=tls)
    server = smtplib.SMTP(host, url.port or 25, timeout=_WITHIN_S)
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=tls)
        elif url.username and not is_loopback(host):
            raise CannotSend("no_tls")
    except BaseException:
        server.close()
        raise
    return server


def _line(text: str) -> str:
    """Text for a header: one line of what can be seen."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:200]
