"""Letters: to reviewers, partners and administrators, in their language, by real SMTP; nobody is flooded."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import UUID, uuid4

import pytest
from tests.messages.conftest import Messages, Receiver
from tests.world import World

from latchstring.accounts import people
from latchstring.apps import partner_requests
from latchstring.audit.entries import record
from latchstring.messages.delivery import Courier
from latchstring.messages.mail import CannotSend, Mail, SmtpServer, compose
from latchstring.web.letters import _LETTERS, letter_of
from latchstring.web.rendering import shared_renderer
from latchstring.web.routes import PLATFORM_ROUTES

HOSTILE = 'Evil" <x@y.z>\r\nBcc: victim@example.com\r\n\r\n<script>alert(1)</script>'


def subjects(messages: Messages) -> list[tuple[str, str]]:
    """Reader and subject of every letter."""
    return [(str(one["to"]).split("<")[1].strip(">"), str(one["subject"])) for one in messages.letters()]


@pytest.mark.row("S27", "S30")
async def test_a_publication_from_end_to_end_is_told_to_those_it_concerns(
    world: World, messages: Messages, receiver: Receiver
) -> None:
    """Reviewers hear of the submission, the partner of the decision (by letter and webhook), administrators of
    the installation and of its end."""
    partner = await world.partner()
    reviewers = await world.review_people()
    await messages.work()
    published = await world.released(partner)
    await messages.work()
    told = subjects(messages)
    for reviewer in reviewers.values():
        assert (reviewer.email, "On-call Notifier was submitted for review") in told
    assert (partner.developer.email, "On-call Notifier is approved") in told
    acme = await world.organization("Acme")
    mina = await world.person(acme, name="Mina Park")
    await world.person(acme, "Standard")
    client_id = UUID(published.client_id)
    await messages.hook(published, receiver.url)
    async with world.platform.database.transaction() as tx:
        for action in ("integration.installed", "integration.uninstalled"):
            act = replace(world.act, actor=f"user:{mina.id}")
            await record(
                tx, act, acme, action, subject=partner.app_id, client_id=client_id,
                details={"integration": "On-call Notifier"},
            )  # fmt: skip
    await messages.work()
    assert sorted(receiver.types) == ["integration.installed", "integration.uninstalled"]
    assert [subject for reader, subject in subjects(messages) if reader == mina.email] == [
        "On-call Notifier was installed in Acme",
        "On-call Notifier was uninstalled from Acme",
    ]
    letter = next(one for one in messages.letters() if "installed in" in str(one["subject"]))
    assert "Installed by: Mina Park" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert await messages.work() == 0


@pytest.mark.row("B090", "R9")
async def test_security_events_are_told_to_who_builds_the_app_and_to_administrators(
    world: World, messages: Messages
) -> None:
    """A refresh token used twice, without a word of whose it was; keys that outlive who made them; an answer of the
    host; each in its reader's language."""
    partner = await world.publish(await world.partner())
    acme = await world.organization("Acme")
    mina, jiwoo = await world.person(acme), await world.person(acme, name="Jiwoo Han")
    await world.platform.database.fetch("UPDATE users SET locale = 'ko' WHERE id = $1", jiwoo.id)
    await world.sign_in(mina)
    flow = await world.flow(mina, partner)
    made = await world.call(flow.access, "/api/v2/api_keys/marketplace", "POST")
    assert made.status_code in (200, 201)
    second = (await world.refresh(partner, flow.refresh)).json()
    await world.refresh(partner, second["refresh_token"])
    world.clock.move(minutes=1)
    assert (await world.refresh(partner, flow.refresh)).status_code == 400
    database, contract = world.platform.database, world.platform.contract
    fathom = await world.partner("Fathom", scopes=("monitors_read",))
    async with database.transaction() as tx:
        await people.disable(tx, world.act, mina.id)
        asked = await partner_requests.ask_for_scope(
            tx, contract, world.platform.entropy, world.act, fathom.organization_id, fathom.developer.id,
            scope="api_keys_write", reason="We need it.",
        )  # fmt: skip
        await partner_requests.answer(
            tx, contract, world.act, fathom.organization_id, asked.id, granted=False, answer="Not yet."
        )
    await messages.work()
    told = subjects(messages)
    developer = [subject for reader, subject in told if reader == partner.developer.email]
    assert "A refresh token of On-call Notifier was used twice" in developer
    assert (fathom.developer.email, "Your request about api_keys_write is declined") in told
    korean = [subject for reader, subject in told if reader == jiwoo.email]
    assert "Acme 조직에 비활성화된 사용자의 API 키가 아직 남아 있습니다" in korean
    assert "Acme 조직에서 On-call Notifier 앱에 강력한 권한이 부여되었습니다" in korean
    reused = next(one for one in messages.letters() if "used twice" in str(one["subject"]))
    assert mina.email not in reused.as_string()
    everything = "".join(one.as_string() for one in messages.letters())
    for secret in (flow.access, flow.refresh, second["refresh_token"], partner.client_secret):
        assert secret not in everything


async def test_nobody_is_flooded_and_who_is_disabled_gets_nothing(world: World, messages: Messages) -> None:
    """Twenty letters of a kind within an hour are told enough."""
    partner, acme = await world.partner(), await world.organization("Acme")
    mina = await world.person(acme)
    for _ in range(3):
        async with world.platform.database.transaction() as tx:
            for _ in range(9):
                await record(
                    tx, world.act, acme, "integration.installed", client_id=UUID(partner.client_id),
                    details={"integration": "x"},
                )  # fmt: skip
        await messages.work()
    assert len(messages.letters()) in range(18, 28)
    async with world.platform.database.transaction() as tx:
        await record(tx, world.act, acme, "integration.uninstalled", details={"integration": "x"})
    sent = len(messages.letters())
    outbox_only = messages.courier
    await world.platform.database.fetch("UPDATE users SET disabled_at = now() WHERE id = $1", mina.id)
    await messages.work()
    assert len(messages.letters()) == sent
    assert isinstance(outbox_only, Courier)


@pytest.mark.row("R23")
@pytest.mark.parametrize("event", sorted(_LETTERS))
def test_the_link_of_every_letter_is_a_page(event: str) -> None:
    """A path that the route table serves to a browser, with the ids of the letter's facts in it."""
    facts = {name: str(uuid4()) for name in ("submission", "app_id", "client_id")}
    link = letter_of(event, facts).link
    assert link is not None
    assert any(route.method == "GET" and _fits(route.path, link[1]) for route in PLATFORM_ROUTES), link[1]


def _fits(path: str, link: str) -> bool:
    """A parameter of a path stands for what is no fixed part of another route, which ids are not."""
    parts, given = path.split("/"), link.split("/")
    return len(parts) == len(given) and all(
        bool(value) and (part == value or (part.startswith("{") and _is_id(value)))
        for part, value in zip(parts[1:], given[1:], strict=True)
    )


def _is_id(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("event", sorted(_LETTERS))
def test_no_name_leaves_its_place_in_a_letter(event: str) -> None:
    """Line breaks and mark-up in names: one header each, and HTML that is inert; in both languages."""
    names = (
        "app", "partner", "client", "organization", "integration", "subject", "person", "email", "url", "answer",
        "submission", "app_id", "client_id", "authorization",
    )  # fmt: skip
    facts = dict.fromkeys(names, HOSTILE) | {"scopes": [HOSTILE], "kind": "client", "keys": 3}
    for locale in ("en", "ko"):
        mail = shared_renderer().mail(letter_of(event, facts), locale, "https://app.example.com")
        letter = compose("Us <us@example.com>", "mina@example.com", HOSTILE, mail, uuid4(), datetime.now(UTC))
        read = message_from_bytes(letter.as_bytes(), policy=policy.default)
        assert set(read.keys()) == {
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"
        }  # fmt: skip
        assert [one.addr_spec for one in read["To"].addresses] == ["mina@example.com"]
        html = read.get_body(("html",)).get_content()  # type: ignore[union-attr, attr-defined]
        assert "<script" not in html
        assert "<bdi>" in html
        assert read.get_body(("plain",)).get_content().strip()  # type: ignore[union-attr, attr-defined]


@pytest.mark.parametrize("email", ["mina@example.com\r\nBcc: x@y.z", "mina", "a b@example.com, c@d.e", ""])
def test_an_address_that_is_none_gets_no_letter(email: str) -> None:
    """It is a failure, and no header."""
    with pytest.raises(CannotSend):
        compose("us@example.com", email, "Mina", Mail("s", "t", "h"), uuid4(), datetime.now(UTC))


@dataclass
class MailServer:
    """A small SMTP server: takes letters, or says no."""

    port: int = 0
    letters: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    refuse: bytes = b""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One conversation."""

        async def say(line: bytes) -> None:
            writer.write(line + b"\r\n")
            await writer.drain()

        await say(b"220 mail.example ESMTP")
        while line := await reader.readline():
            verb = line.split()[0].upper() if line.split() else b""
            if verb == b"DATA":
                await say(b"354 go on")
                self.letters.append((await reader.readuntil(b"\r\n.\r\n"))[:-5])
                await say(b"250 taken")
            elif verb == b"RCPT":
                self.recipients.append(line.decode().strip())
                await say(self.refuse or b"250 ok")
            elif verb == b"QUIT":
                await say(b"221 bye")
                break
            else:
                await say(b"250 mail.example")
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    """A mail server on this machine."""
    made = MailServer()
    listening = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = listening.sockets[0].getsockname()[1]
    yield made
    listening.close()


async def test_letters_go_to_a_real_smtp_server_and_are_tried_again(
    world: World, messages: Messages, server: MailServer
) -> None:
    """Refused once, taken the second time; the same Message-ID; a password never goes without TLS to another host."""
    acme = await world.organization("Acme")
    mina = await world.person(acme, name="박미나")
    post = messages.courier.post
    assert post is not None
    messages.courier = replace(
        messages.courier, post=replace(post, mailer=SmtpServer(f"smtp://127.0.0.1:{server.port}"))
    )
    async with world.platform.database.transaction() as tx:
        await record(tx, world.act, acme, "integration.installed", details={"integration": "당직 알리미"})
    server.refuse = b"450 try later"
    await messages.work()
    assert server.letters == []
    assert await messages.states() == [("integration_installed", "waiting", 1)]
    server.refuse = b""
    world.clock.move(seconds=7)
    await messages.work()
    assert await messages.states() == [("integration_installed", "sent", 2)]
    (letter,) = (message_from_bytes(one, policy=policy.default) for one in server.letters)
    assert str(letter["to"]) == f"박미나 <{mina.email}>"
    assert str(letter["subject"]) == "당직 알리미 was installed in Acme"
    assert server.recipients[-1].lower().startswith(f"rcpt to:<{mina.email}>")
    rows = await world.platform.database.fetch("SELECT problem FROM message_attempts ORDER BY number")
    assert [row["problem"] for row in rows] == ["recipient_refused", ""]
    with pytest.raises(CannotSend, match="no_connection"):
        SmtpServer("smtp://127.0.0.1:1").send(
            compose("us@example.com", "a@example.com", "A", Mail("s", "t", "h"), uuid4(), datetime.now(UTC))
        )
