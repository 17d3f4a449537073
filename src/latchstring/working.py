"""One `latchstring worker`: what happened becomes messages, messages are delivered, and the house is kept in order."""

import asyncio
from contextlib import suppress
from pathlib import Path

from latchstring import housekeeping
from latchstring.integrations import reconcile
from latchstring.messages import delivery
from latchstring.messages.delivery import Courier, Post
from latchstring.messages.mail import Folder, Mail, Mailer, SmtpServer
from latchstring.messages.outbox import Outbox
from latchstring.messages.post import Poster
from latchstring.settings import Settings
from latchstring.web.letters import letter_of
from latchstring.web.platform import Platform
from latchstring.web.rendering import Renderer


def outbox_of(platform: Platform) -> Outbox:
    """What takes the entries of the audit log."""
    risky = frozenset(scope.name for scope in platform.contract.scopes.values() if scope.risk == "high")
    return Outbox(
        platform.database,
        platform.clock,
        platform.entropy,
        platform.site.key,
        risky,
        _mailer_of(platform.settings) is not None,
    )


def courier_of(platform: Platform, poster: Poster | None = None) -> Courier:
    """What delivers messages."""
    settings, mailer = platform.settings, _mailer_of(platform.settings)
    return Courier(
        platform.database,
        platform.clock,
        platform.entropy,
        platform.shared_keys,
        poster or Poster(loopback=settings.webhooks_allow_loopback),
        Post(mailer, Writer(platform), settings.mail_from) if mailer else None,
    )


class Writer:
    """Writes letters in their reader's language, with links to this site."""

    def __init__(self, platform: Platform) -> None:
        self._origin = platform.settings.app_origin
        self._renderer = Renderer(ahead=False)

    def __call__(self, event: str, facts: dict[str, object], locale: str | None) -> Mail:
        """What the letter says."""
        return self._renderer.mail(letter_of(event, facts), locale, self._origin)


async def work(platform: Platform, stop: asyncio.Event) -> None:
    """Work until `stop` is set; deliveries that are on their way come to their end first."""
    settings = platform.settings
    kept = housekeeping.Kept(settings.refusals_days, settings.refusals_per_client, settings.messages_days)
    house = asyncio.gather(
        housekeeping.run(platform.database, platform.clock, kept),
        reconcile.run(platform.database, platform.clock),
    )
    try:
        await delivery.run(outbox_of(platform), courier_of(platform), stop)
    finally:
        house.cancel()
        with suppress(asyncio.CancelledError):
            await house


def _mailer_of(settings: Settings) -> Mailer | None:
    if settings.mail_folder:
        return Folder(Path(settings.mail_folder))
    return SmtpServer(settings.smtp_url) if settings.smtp_url else None
