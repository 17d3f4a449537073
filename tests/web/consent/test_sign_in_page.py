"""Signing in and out, and what a stranger can't do with it."""

import httpx
import pytest
from tests.settled import Settled
from tests.world import PASSWORD, csrf_in

pytestmark = pytest.mark.asyncio(loop_scope="module")
SIGNED_IN_PAGE = "/organization-settings/oauth-apps"


def session_cookie(browser: httpx.AsyncClient) -> str | None:
    """The value of the session's cookie."""
    return browser.cookies.get("latchstring_us1_session")


@pytest.mark.row("B035", "R22")
@pytest.mark.parametrize("token", [None, "", "x", "of another visit"])
async def test_a_sign_in_from_elsewhere_is_refused(settled: Settled, token: str | None) -> None:
    """A stranger's page can't sign a victim in as somebody else."""
    if token == "of another visit":
        token = csrf_in(await settled.world.browser().get("/sign-in"))
    victim = settled.world.browser()
    await victim.get("/sign-in")
    form = {"email": settled.mina.email, "password": PASSWORD, "next": "/"}
    answer = await victim.post("/sign-in", data=form if token is None else {**form, "csrf": token})
    assert answer.status_code == 403
    assert session_cookie(victim) is None


@pytest.mark.row("B036", "R22")
async def test_a_session_begins_anew_at_every_sign_in(settled: Settled) -> None:
    """A cookie that was planted before is worth nothing, and an earlier session of this browser ends."""
    world = settled.world
    person = await world.person(settled.acme)
    planted = "a" * 64
    person.browser.cookies.set("latchstring_us1_session", planted, domain="localhost.local", path="/")
    person.browser.cookies.clear()
    headers = {"cookie": f"latchstring_us1_session={planted}"}
    assert (await person.browser.get(SIGNED_IN_PAGE, headers=headers)).status_code == 303
    await world.sign_in(person)
    first = session_cookie(person.browser)
    assert first not in (None, planted)
    bare = world.browser()
    headers = {"cookie": f"latchstring_us1_session={first}"}
    assert (await bare.get(SIGNED_IN_PAGE, headers=headers)).status_code == 200


@pytest.mark.row("B037", "R22")
async def test_cookies_are_flagged(settled: Settled) -> None:
    """HttpOnly, SameSite, no Domain; each of them."""
    world = settled.world
    person = await world.person(settled.acme)
    answers = [await person.browser.get("/sign-in"), await world.sign_in(person)]
    cookies = [line for answer in answers for line in answer.headers.get_list("set-cookie")]
    assert len(cookies) >= 2
    for line in cookies:
        flags = {part.strip().partition("=")[0].lower() for part in line.split(";")[1:]}
        assert {"httponly", "samesite"} <= flags
        assert "domain" not in flags
        assert "samesite=none" not in line.lower()


@pytest.mark.row("B038", "R22")
async def test_after_signing_out_the_old_cookie_is_dead(settled: Settled) -> None:
    """Replayed from elsewhere it leads to the sign-in page."""
    world = settled.world
    person = await world.person(settled.acme)
    await world.sign_in(person)
    cookie = session_cookie(person.browser)
    csrf = csrf_in(await person.browser.get("/"))
    assert (await person.browser.post("/sign-out", data={"csrf": csrf})).status_code in (200, 303)
    headers = {"cookie": f"latchstring_us1_session={cookie}"}
    assert (await world.browser().get(SIGNED_IN_PAGE, headers=headers)).status_code == 303


@pytest.mark.row("B038")
async def test_another_password_ends_the_other_sessions(settled: Settled) -> None:
    """The one that changed it stays."""
    from latchstring.web.pages.paths import PATHS

    world = settled.world
    person = await world.person(settled.acme)
    await world.sign_in(person)
    here = person.browser
    person.browser = world.browser()
    await world.sign_in(person)
    there = person.browser
    new = "a wholly different passphrase"
    csrf = csrf_in(await here.get(PATHS.password))
    form = {"csrf": csrf, "current_password": PASSWORD, "new_password": new, "repeat_password": new}
    assert (await here.post(PATHS.password, data=form)).status_code == 200
    assert (await there.get(SIGNED_IN_PAGE)).status_code == 303
    assert (await here.get(SIGNED_IN_PAGE)).status_code == 200


TARGETS = [
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\n//evil.example", " https://evil.example",
    "https:evil.example", "evil.example", "/%0d%0aLocation:%20https://evil.example\r\n", "http://localhost:8100@evil.example",
    "//localhost:8100.evil.example/", "/x\\..\\..//evil.example", "\x00//evil.example", "/é//evil.example", "",
]  # fmt: skip


@pytest.mark.row("B040", "R22")
@pytest.mark.parametrize("target", TARGETS)
async def test_next_never_leads_away(settled: Settled, target: str) -> None:
    """Whoever is signed in goes on to a path of this site, or home."""
    answer = await settled.mina.browser.get("/sign-in", params={"next": target})
    assert answer.status_code in (303, 400)
    location = answer.headers.get("location", "/")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\n" not in location


@pytest.mark.row("B040", "A038")
@pytest.mark.parametrize("target", TARGETS[:6])
async def test_nor_does_the_form(settled: Settled, target: str) -> None:
    """The same for what the form sends."""
    person = await settled.world.person(settled.acme)
    page = await person.browser.get("/sign-in")
    form = {"email": person.email, "password": PASSWORD, "csrf": csrf_in(page), "next": target}
    answer = await person.browser.post("/sign-in", data=form)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/"


@pytest.mark.row("B024", "B033", "R8")
@pytest.mark.parametrize(
    "value", ["\x00", "' OR 1=1 --", "x" * 50_000, "é@é", "%s", "{{7*7}}", "<script>alert(1)</script>"]
)
@pytest.mark.parametrize("name", ["email", "password", "next"])
async def test_no_field_of_the_form_breaks_it(settled: Settled, name: str, value: str) -> None:
    """Refused like anything wrong, and shown inert."""
    browser = settled.world.browser()
    page = await browser.get("/sign-in")
    form = {
        "email": "nobody@example.com",
        "password": "wrong",
        "next": "/",
        "csrf": csrf_in(page),
        name: value,
    }
    settled.world.clock.move(minutes=20)
    answer = await browser.post("/sign-in", data=form)
    assert answer.status_code in (400, 401, 413, 429)
    assert "<script>alert" not in answer.text
    assert ">49<" not in answer.text


@pytest.mark.row("B009", "R28")
async def test_guessing_codes_hits_nothing(settled: Settled) -> None:
    """Hundreds of random codes: a constant 400, and other clients are not affected."""
    code = await settled.code()
    for number in range(200):
        guess = code[:-16] + f"{number:08x}" + code[-8:]
        assert (await settled.world.redeem(settled.rival, guess)).status_code == 400
    assert (await settled.world.redeem(settled.partner, code)).status_code == 200
