"""What is asked of the token endpoint."""

import pytest

from latchstring.protocol import faults
from latchstring.protocol.faults import Refusal
from latchstring.protocol.parameters import Parameters
from latchstring.protocol.token_request import CodeExchange, Refresh, read_token_request


def cause_of(**values: str) -> faults.Cause:
    """Why this request is refused."""
    refused = read_token_request(Parameters(values))
    assert isinstance(refused, Refusal)
    return refused.cause


@pytest.mark.row("A082", "A083")
@pytest.mark.parametrize(
    "grant_type",
    [
        "password",
        "client_credentials",
        "implicit",
        "urn:ietf:params:oauth:grant-type:token-exchange",
        "REFRESH_TOKEN",
    ],
)
def test_other_grants_are_not_supported(grant_type: str) -> None:
    """Two grants and no more."""
    assert cause_of(grant_type=grant_type) is faults.GRANT_TYPE_UNSUPPORTED


@pytest.mark.row("A082", "A084", "A123")
def test_what_is_missing_is_an_invalid_request() -> None:
    """The grant type, the code, the refresh token: each is named."""
    assert cause_of() is faults.GRANT_TYPE_MISSING
    assert cause_of(grant_type="authorization_code") is faults.CODE_MISSING
    assert cause_of(grant_type="refresh_token") is faults.REFRESH_MISSING


def test_the_grants_are_read() -> None:
    """What is missing of an exchange beside the code is found out only after the code was looked up."""
    exchange = read_token_request(Parameters({"grant_type": "authorization_code", "code": "c"}))
    assert exchange == CodeExchange("c", None, None)
    asked = {"grant_type": "refresh_token", "refresh_token": "r", "scope": "a"}
    assert read_token_request(Parameters(asked)) == Refresh("r", "a")
