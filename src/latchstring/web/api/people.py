"""People, their sign-ins, and the members of an organization, over JSON."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType
from starlette.responses import Response

from latchstring.accounts import passwords, people, sessions
from latchstring.accounts.model import Member, User
from latchstring.accounts.refused import Missing
from latchstring.accounts.sessions import SessionLine
from latchstring.accounts.sign_in import Throttled, WrongCredentials, change_password, set_password
from latchstring.accounts.store import people as store
from latchstring.web.api.answers import Many, One, Source, many, nothing, one, problem
from latchstring.web.api.asking import (
    act_of,
    ceiling_of,
    id_of,
    organization_of,
    paging_of,
    query_of,
    user_of,
)
from latchstring.web.api.rows import OPERATOR, OWN, PAGE, holding, row
from latchstring.web.http import Request
from latchstring.web.routing import Route

Language = Literal["en", "ko"]


class NewUser(Struct, forbid_unknown_fields=True):
    """Without a password nobody can sign in as them yet."""

    email: str
    name: str
    password: str | None = None
    locale: Language | None = None


class ChangedUser(Struct, forbid_unknown_fields=True):
    """What is left out stays."""

    name: str | UnsetType = UNSET
    locale: Language | UnsetType | None = UNSET


class NewPassword(Struct, forbid_unknown_fields=True):
    """One's own password takes the current one; an operator sets anybody's without."""

    password: str
    current_password: str = ""


class MemberRoles(Struct, forbid_unknown_fields=True):
    """All the roles that the member shall have."""

    roles: Annotated[list[UUID], Meta(max_length=50)]


async def list_users(request: Request) -> Response:
    page, email = paging_of(request), query_of(request, "email")
    found = await store.page(request.tx, page.after_id, page.size + 1, email)
    return many(found, page.size, lambda user: user.id)


async def create_user(request: Request) -> Response:
    asked = await request.json_as(NewUser)
    hashed = None
    if asked.password is not None:
        hashed = await passwords.hash_password(passwords.checked_password(asked.password))
    made = await people.create(
        request.tx,
        request.platform.entropy,
        act_of(request),
        email=asked.email,
        name=asked.name,
        password_hash=hashed,
        locale=asked.locale,
    )
    return one(made, 201)


async def read_user(request: Request) -> Response:
    return one(await people.get(request.tx, user_of(request)))


async def change_user(request: Request) -> Response:
    asked = await request.json_as(ChangedUser)
    before = await people.get(request.tx, user_of(request))
    name = before.name if asked.name is UNSET else asked.name
    locale = before.locale if asked.locale is UNSET else asked.locale
    return one(await people.change_profile(request.tx, act_of(request), before.id, name=name, locale=locale))


async def put_password(request: Request) -> Response:
    asked, user_id = await request.json_as(NewPassword), user_of(request)
    passwords.checked_password(asked.password)
    await people.get(request.tx, user_id)
    if request.credential.is_operator:
        await set_password(request.tx, act_of(request), user_id, asked.password)
        return nothing()
    outcome = await change_password(
        request.tx,
        request.platform.keys,
        act_of(request),
        user_id,
        current=asked.current_password,
        new=asked.password,
        limits=request.platform.sign_in_limits,
    )
    match outcome:
        case Throttled(seconds):
            return problem(429, "too many wrong passwords", retry_after_s=seconds)
        case WrongCredentials():
            return problem(403, "is wrong", source=Source(pointer="/current_password"))
        case _:
            return nothing()


async def disable_user(request: Request) -> Response:
    await people.disable(request.tx, act_of(request), user_of(request))
    return one(await people.get(request.tx, user_of(request)))


async def enable_user(request: Request) -> Response:
    await people.enable(request.tx, act_of(request), user_of(request))
    return nothing()


async def list_sessions(request: Request) -> Response:
    platform, user_id = request.platform, user_of(request)
    await people.get(request.tx, user_id)
    found = await sessions.sessions_of(
        request.tx, user_id, platform.clock.now(), platform.session_lifetimes.idle
    )
    return many(found, len(found), lambda session: session.id)


async def end_sessions(request: Request) -> Response:
    user_id = user_of(request)
    await people.get(request.tx, user_id)
    await sessions.end_all_of(request.tx, user_id, request.platform.clock.now())
    return nothing()


async def end_session(request: Request) -> Response:
    platform = request.platform
    await sessions.end_one_of(
        request.tx,
        user_of(request),
        id_of(request, "session_id"),
        platform.clock.now(),
        platform.session_lifetimes.idle,
    )
    return nothing()


async def list_members(request: Request) -> Response:
    page = paging_of(request)
    found = await store.members(request.tx, await organization_of(request), page.after_id, page.size + 1)
    return many(found, page.size, lambda member: member.user_id)


async def read_member(request: Request) -> Response:
    organization_id = await organization_of(request)
    return one(await people.member(request.tx, organization_id, id_of(request, "user_id")))


async def put_member(request: Request) -> Response:
    """Only an operator makes somebody a member: for an organization, strangers do not exist."""
    asked = await request.json_as(MemberRoles)
    organization_id, user_id = await organization_of(request), id_of(request, "user_id")
    known = await store.is_member(request.tx, organization_id, user_id)
    if not known and not request.credential.is_operator:
        raise Missing("member")
    return one(
        await people.put_member(
            request.tx,
            act_of(request),
            organization_id,
            user_id,
            asked.roles,
            ceiling=ceiling_of(request),
        )
    )


async def end_membership(request: Request) -> Response:
    organization_id = await organization_of(request)
    await people.end_membership(request.tx, act_of(request), organization_id, id_of(request, "user_id"))
    return nothing()


_USER = "/users/{user_id}"
_MEMBERS = "/organizations/{organization_id}/members"
_MEMBER = _MEMBERS + "/{user_id}"
_MANAGE = holding("members_manage")

ROUTES: tuple[Route, ...] = (
    row("GET", "/users", list_users, OPERATOR, "List users; `email` finds one",
        gives=Many[User], query={**PAGE, "email": str}),
    row("POST", "/users", create_user, OPERATOR, "Create a user", takes=NewUser, gives=One[User], status=201),
    row("GET", _USER, read_user, OWN, "Read a user; everybody reads themselves", gives=One[User]),
    row("PATCH", _USER, change_user, OWN,
        "Change a user's name and language", takes=ChangedUser, gives=One[User]),
    row("PUT", _USER + "/password", put_password, OWN,
        "Set a password; all browser sessions of that user end", takes=NewPassword, status=204),
    row("PUT", _USER + "/disablement", disable_user, OPERATOR,
        "Disable a user: they and their tokens can do nothing", gives=One[User]),
    row("DELETE", _USER + "/disablement", enable_user, OPERATOR, "Enable a user again", status=204),
    row("GET", _USER + "/sessions", list_sessions, OWN,
        "List a user's browser sessions", gives=Many[SessionLine]),
    row("DELETE", _USER + "/sessions", end_sessions, OWN, "Sign a user out everywhere", status=204),
    row("DELETE", _USER + "/sessions/{session_id}", end_session, OWN, "End one browser session", status=204),
    row("GET", _MEMBERS, list_members, _MANAGE,
        "List members with their roles", gives=Many[Member], query=PAGE),
    row("GET", _MEMBER, read_member, _MANAGE, "Read a member", gives=One[Member]),
    row("PUT", _MEMBER, put_member, _MANAGE,
        "Give a member exactly these roles; an operator also makes somebody a member so",
        takes=MemberRoles, gives=One[Member]),
    row("DELETE", _MEMBER, end_membership, _MANAGE,
        "Take somebody out; what they authorized here is revoked", status=204),
)  # fmt: skip
