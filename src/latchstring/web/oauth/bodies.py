"""Bodies of the OAuth endpoints: a form or JSON, same meaning."""

from starlette.responses import Response

from latchstring.protocol import faults
from latchstring.protocol.faults import Cause, Refusal
from latchstring.protocol.parameters import Malformed, Parameters, read_form, read_json
from latchstring.protocol.responses import error_answer
from latchstring.protocol.token_request import PARAMETERS
from latchstring.web.http import BadInput, Request, json_response

_LIMIT = 65_536
_HEADERS = {"cache-control": "no-store", "pragma": "no-cache"}


async def read_parameters(request: Request, *, wrong_type: Cause) -> Parameters | Refusal:
    """The body's parameters, or why they can't be had. `wrong_type`: neither a form nor JSON."""
    try:
        body = await request.content(_LIMIT)
    except BadInput as problem:
        if problem.status != 413:
            raise
        return Refusal(faults.BODY_TOO_LARGE)
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        return Refusal(faults.CONTENT_ENCODED)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    match media_type:
        case "application/x-www-form-urlencoded":
            parameters = read_form(body)
        case "application/json":
            parameters = read_json(body)
        case other:
            return Refusal(wrong_type, {"received": other[:100], "expected": "application/json"})
    return _refuse_repeated(parameters)


def _refuse_repeated(parameters: Parameters | Malformed) -> Parameters | Refusal:
    if isinstance(parameters, Malformed):
        return Refusal(faults.BODY_MALFORMED, {"received": parameters.reason})
    if name := parameters.first_repeated(PARAMETERS):
        return Refusal(faults.BODY_PARAMETER_REPEATED, {"parameter": name})
    return parameters


def granted(value: object) -> Response:
    """A successful answer: exactly 200, never stored (RFC 6749 section 5.1)."""
    return json_response(value, 200, _HEADERS)


def refused(cause: Cause, *, basic: bool, retry_after_s: int | None = None) -> Response:
    """A refused request (RFC 6749 section 5.2)."""
    headers = dict(_HEADERS)
    if cause.status == 401:
        headers["www-authenticate"] = 'Basic realm="oauth2"' if basic else 'Bearer realm="oauth2"'
    if retry_after_s is not None:
        headers["retry-after"] = str(retry_after_s)
    return json_response(error_answer(cause), cause.status, headers)
