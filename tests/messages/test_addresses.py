"""Messages are posted to the open internet alone: whatever a name says, and whenever it says something else."""

import asyncio
import time
from collections.abc import Sequence

import pytest
from tests.messages.conftest import Receiver

from latchstring.messages.addresses import AddressRefused, address_of, is_open
from latchstring.messages.post import Poster

CLOSED = """
0.0.0.0 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.8.8.8 169.254.169.254 172.16.0.1
172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9
224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 :: ::1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:8.8.8.8
::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1
2002:7f00:1::1 2002:a9fe:a9fe:: 3fff::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 2606:4700::1%eth0 fec0::1
ff02::1 5f00::1 not-an-address 0x7f000001 127.1
""".split()  # noqa: SIM905
OPEN = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "169.253.0.1", "2606:4700::1111", "2a00:1450::5"]


def answering(*answers: Sequence[str]) -> object:
    """A resolver that gives these answers in turn, the last one for ever."""
    left = list(answers)

    async def resolver(host: str, port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolver


@pytest.mark.row("B057", "R24")
def test_which_addresses_are_everybodys() -> None:
    """Private, local, shared, reserved and metadata addresses are not, however they are written or embedded."""
    assert [one for one in CLOSED if is_open(one)] == []
    assert [one for one in OPEN if not is_open(one)] == []


@pytest.mark.row("B057", "R24")
async def test_a_name_with_one_closed_address_is_refused() -> None:
    """Also when another one is open; also when there is none, or the name is unknown."""
    for answer in (["8.8.8.8", "10.0.0.1"], ["::1"], []):
        with pytest.raises(AddressRefused):
            await address_of(answering(answer), "a.example", 443)  # type: ignore[arg-type]
    assert await address_of(answering(["8.8.8.8"]), "a.example", 443) == "8.8.8.8"  # type: ignore[arg-type]
    assert await address_of(answering(["127.0.0.1"]), "a.example", 443, loopback=True) == "127.0.0.1"  # type: ignore[arg-type]


@pytest.mark.row("B057", "R24")
async def test_nothing_arrives_at_a_closed_address(receiver: Receiver) -> None:
    """The real resolver, real spellings of this machine, a name that changes its answer: no connection at all."""
    port = receiver.url.split(":")[2].split("/")[0]
    poster = Poster()
    for host in (
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "127.1",
        "2130706433",
        "0x7f.1",
    ):
        outcome = await poster.post(f"http://{host}:{port}/", b"{}", {})
        assert (outcome.ok, outcome.status) == (False, None)
        assert outcome.problem in ("address_refused", "name_unknown"), (host, outcome)
    rebinding = Poster(resolver=answering(["127.0.0.1"], ["8.8.8.8"]))  # type: ignore[arg-type]
    assert (await rebinding.post(f"http://a.example:{port}/", b"{}", {})).problem == "address_refused"
    assert receiver.got == []


@pytest.mark.row("R24")
async def test_the_address_that_was_checked_is_the_one_that_is_connected_to(receiver: Receiver) -> None:
    """A name is asked once for each message. Were it asked again, the second answer would be taken."""
    asked: list[str] = []

    async def resolver(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["8.8.8.8"]

    port = receiver.url.split(":")[2].split("/")[0]
    poster = Poster(loopback=True, resolver=resolver)
    assert (await poster.post(f"http://hooks.example:{port}/", b"{}", {})).ok
    assert asked == ["hooks.example"]
    assert receiver.got[0].headers["host"] == f"hooks.example:{port}"


@pytest.mark.row("B057", "B059", "R24")
async def test_redirects_lead_nowhere_and_answers_are_bounded(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A redirect is a failure; an endless or a compressed answer is read a little; a proxy of the environment is
    ignored; what is no HTTP is told apart."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    poster = Poster(loopback=True)
    receiver.answer = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
    outcome = await poster.post(receiver.url, b"{}", {})
    assert (outcome.ok, outcome.status, outcome.problem) == (False, 302, "status")

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n")
        while True:
            writer.write(b"\x1b[31m\x00" * 10_000)
            await writer.drain()

    receiver.answer = endless
    outcome = await poster.post(receiver.url, b"{}", {})
    assert outcome.ok
    assert len(outcome.answer) <= 500
    assert "\x1b" not in outcome.answer
    assert "\x00" not in outcome.answer
    receiver.answer = b"SSH-2.0-OpenSSH_9.9\r\n"
    assert (await poster.post(receiver.url, b"{}", {})).problem == "not_http"
    receiver.answer = b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 30_000
    assert (await poster.post(receiver.url, b"{}", {})).problem == "not_http"


@pytest.mark.row("B059")
async def test_a_server_that_dawdles_holds_nobody_up(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte now and then does not make an answer last longer than a try may take."""
    monkeypatch.setattr("latchstring.messages.post._WITHIN_S", 0.3)

    async def dawdling(writer: asyncio.StreamWriter) -> None:
        for one in b"HTTP/1.1 200 OK\r\n" + b"x" * 1_000:
            writer.write(bytes([one]))
            await writer.drain()
            await asyncio.sleep(0.01)

    receiver.answer = dawdling
    began = time.monotonic()
    assert (await Poster(loopback=True).post(receiver.url, b"{}", {})).problem == "timeout"
    assert time.monotonic() - began < 5
