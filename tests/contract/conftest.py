"""What the tests of the contract share: the shipped one, the published facts, and a small one to break."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from latchstring.contract.errors import ContractError, ContractInvalid
from latchstring.contract.load import load_contract, shipped_contract_path
from latchstring.contract.model import Contract

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference"

SMALL = """\
openapi: 3.1.0
info: {title: Small API, version: "1"}
x-latchstring-areas:
  doors: {en: Doors, ko: 문}
x-latchstring-scopes:
  doors_read:
    area: doors
    access: read
    risk: low
    visibility: public
    title: {en: Read doors, ko: 문 읽기}
    consent: {en: See your doors, ko: 문을 볼 수 있습니다.}
    tasks: {en: [list doors], ko: [문 목록]}
components:
  securitySchemes:
    OAuth: {type: oauth2, flows: {authorizationCode: {scopes: {doors_read: Read doors}}}}
    ApiKey: {type: apiKey, in: header, name: X-KEY}
  parameters:
    door_id: {name: door_id, in: path, required: true, schema: {type: string}}
paths:
  /doors:
    get:
      operationId: ListDoors
      tags: [Doors]
      summary: List doors
      security: [{OAuth: [doors_read]}]
  /doors/{door_id}:
    parameters: [{$ref: '#/components/parameters/door_id'}]
    get:
      operationId: GetDoor
      tags: [Doors]
      summary: Get a door
      security: [{OAuth: [doors_read]}, {ApiKey: []}]
"""


@pytest.fixture(scope="session")
def shipped() -> Contract:
    """The contract that comes with the product."""
    return load_contract(shipped_contract_path())


@pytest.fixture
def reference() -> Callable[[str], dict[str, Any]]:
    """Read a file of published facts; tests that need one are skipped where it is not there."""

    def read(name: str) -> dict[str, Any]:
        path = REFERENCE / name
        if not path.is_file():
            pytest.skip(f"the reference {name} is not beside this checkout (looked for it at {path})")
        facts: dict[str, Any] = json.loads(path.read_text())
        return facts

    return read


@pytest.fixture
def faults(tmp_path: Path) -> Callable[..., list[tuple[int, str]]]:
    """Load a contract that must be refused, and list (line, message) of its faults."""

    def load(text: str | bytes, name: str = "contract.yaml") -> list[tuple[int, str]]:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ContractInvalid) as refused:
            load_contract(path)
        errors: tuple[ContractError, ...] = refused.value.errors
        assert errors and all(error.file == str(path) and error.column >= 1 for error in errors)
        return [(error.line, error.message) for error in errors]

    return load


@pytest.fixture
def small() -> str:
    """A valid contract of two operations, as text."""
    return SMALL
