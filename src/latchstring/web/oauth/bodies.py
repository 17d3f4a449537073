"""Bodies of the OAuth endpoints: a form or JSON, same meaning."""

from dataclasses import replace

import msgspec
from starlette.responses import Response

from latchstring.protocol import faults
from latchstring.protocol.client_authentication import named_client
from latchstring.protocol.faults import Cause, Refusal
from latchstring.protocol.parameters import Malformed, Parameters, read_form, read_json
from latchstring.protocol.responses import error_answer
from latchstring.protocol.token_request import PARAMETERS
from latchstring.web.http import BadInput, Request, json_bytes, json_response, raw

_LIMIT = 65_536
_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_HEADERS = {"cache-control": "no-store", "pragma": "no-cache"}
_RAW_HEADERS = raw(_HEADERS)


async def read_parameters(request: Request, *, wrong_type: Cause) -> Parameters | Refusal:
    """The body's parameters, or why they can't be had. `wrong_type`: neither a form nor JSON."""
    authorization = request.headers.get("authorization")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        return Refusal(faults.CONTENT_ENCODED, named=named_client(authorization, Parameters({})))
    try:
        body = await request.content(_LIMIT)
    except BadInput as problem:
        if problem.status != 413:
            raise
        return Refusal(faults.BODY_TOO_LARGE, named=named_client(authorization, Parameters({})))
    found = _parameters(request.headers.get("content-type", ""), body, wrong_type)
    if isinstance(found, Refusal):
        return replace(found, named=named_client(authorization, _whatever_it_is(body)))
    return found


def _parameters(content_type: str, body: bytes, wrong_type: Cause) -> Parameters | Refusal:
    media_type = content_type.partition(";")[0].strip().lower()
    match media_type:
        case "application/x-www-form-urlencoded":
            found = read_form(body)
            if _knows_none(found) and not _knows_none(read_json(body)):
                return Refusal(faults.BODY_JSON_AS_FORM, {"received": media_type, "expected": _JSON})
        case "application/json":
            found = read_json(body)
            if isinstance(found, Malformed) and not _knows_none(read_form(body)):
                return Refusal(faults.BODY_FORM_AS_JSON, {"received": media_type, "expected": _FORM})
        case other:
            return Refusal(wrong_type, {"received": other[:100], "expected": _FORM})
    return _refuse_repeated(found)


def _whatever_it_is(body: bytes) -> Parameters:
    """The parameters of a body in whichever of the two forms it has, whatever its type says."""
    for found in (read_json(body), read_form(body)):
        if isinstance(found, Parameters) and not _knows_none(found):
            return found
    return Parameters({})


def _knows_none(found: Parameters | Malformed) -> bool:
    return isinstance(found, Malformed) or not any(map(found.get, PARAMETERS))


def _refuse_repeated(parameters: Parameters | Malformed) -> Parameters | Refusal:
    if isinstance(parameters, Malformed):
        return Refusal(faults.BODY_MALFORMED, {"problem": parameters.reason})
    if name := parameters.first_repeated(PARAMETERS):
        return Refusal(faults.BODY_PARAMETER_REPEATED, {"parameter": name})
    return parameters


def granted(value: object) -> Response:
    """A successful answer: exactly 200, never stored (RFC 6749 section 5.1)."""
    return granted_bytes(msgspec.json.encode(value))


def granted_bytes(body: bytes) -> Response:
    """The same, in JSON that is written already."""
    return json_bytes(body, 200, _RAW_HEADERS)


def refused(cause: Cause, *, retry_after_s: int | None = None) -> Response:
    """A refused request (RFC 6749 section 5.2). The challenge names the one scheme by which a client may prove
    itself in a header, also to one that sent its secret in the body: a bearer token never does."""
    headers = dict(_HEADERS)
    if cause.status == 401:
        headers["www-authenticate"] = 'Basic realm="oauth2"'
    if retry_after_s is not None:
        headers["retry-after"] = str(retry_after_s)
    return json_response(error_answer(cause), cause.status, headers)
