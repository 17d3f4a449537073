"""A contract is read whole, or refused with every fault at its line and how to mend it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from latchstring.contract.errors import ContractError, ContractInvalid, format_errors
from latchstring.contract.load import load_contract

Faults = Callable[..., list[tuple[int, str]]]


def _line_of(text: str, needle: str) -> int:
    return text[: text.rindex(needle)].count("\n") + 1


def test_a_small_contract_is_read(tmp_path: Path, small: str) -> None:
    """Scopes, operations, parameters and alternatives are as written."""
    path = tmp_path / "contract.yaml"
    path.write_text(small, encoding="utf-8")
    contract = load_contract(path)
    assert contract.title == "Small API"
    assert len(contract.version) == 64
    assert contract.scopes["doors_read"].consent["ko"] == "문을 볼 수 있습니다."
    found = contract.match("GET", "/doors/front")
    assert found is not None
    assert (found.operation.id, dict(found.parameters)) == ("GetDoor", {"door_id": "front"})
    assert found.operation.api_key
    assert found.operation.any_of == (frozenset({"doors_read"}),)


def test_json_is_read_like_yaml(tmp_path: Path, small: str) -> None:
    """The same contract as JSON, with tabs and escaped characters, gives the same scopes and operations."""
    as_yaml, as_json = tmp_path / "contract.yaml", tmp_path / "contract.json"
    small = small.replace("Small API", "Small API 🚪")
    as_yaml.write_text(small, encoding="utf-8")
    as_json.write_text(json.dumps(yaml.safe_load(small), indent="\t"), encoding="utf-8")
    first, second = load_contract(as_yaml), load_contract(as_json)
    assert (first.title, first.scopes, first.operations) == (second.title, second.scopes, second.operations)
    assert first.version != second.version


CHANGES = {
    "unknown scope": ("[{OAuth: [doors_read]}]\n", "[{OAuth: [doors_raed]}]\n", "'doors_raed' is unknown"),
    "no korean title": ("{en: Read doors, ko: 문 읽기}", "{en: Read doors}", "not written in 'ko'"),
    "blank consent": ("{en: See your doors,", '{en: " ",', "is blank"),
    "no consent": ("    consent: {en: See your doors, ko: 문을 볼 수 있습니다.}\n", "", "has no 'consent'"),
    "unknown language": ("ko: 문 읽기}", "ko: 문 읽기, fr: Lire}", "unknown language 'fr'"),
    "same operationId": ("operationId: GetDoor", "operationId: ListDoors", "already on line"),
    "same template": ("  /doors:\n", "  /doors/{other}:\n", "is the same as"),
    "duplicate key": ("    access: read\n", "    access: read\n    access: write\n", "already on line"),
    "duplicate method": (
        "      summary: List doors\n",
        "      summary: List doors\n      security: [{OAuth: []}]\n",
        "'security' is already on line",
    ),
    "undeclared parameter": (
        "    parameters: [{$ref: '#/components/parameters/door_id'}]\n",
        "",
        "'door_id' is not declared",
    ),
    "dangling reference": ("parameters/door_id'}", "parameters/window_id'}", "leads nowhere"),
    "optional parameter": ("required: true", "required: false", "must say required: true"),
    "no security": ("      security: [{OAuth: [doors_read]}, {ApiKey: []}]\n", "", "has no security"),
    "empty security": ("[{OAuth: [doors_read]}, {ApiKey: []}]", "[]", "asks for no credential"),
    "anonymous alternative": ("{ApiKey: []}]", "{}]", "exactly one security scheme"),
    "two schemes at once": ("{ApiKey: []}]", "{OAuth: [], ApiKey: []}]", "exactly one security scheme"),
    "unknown scheme": ("{ApiKey: []}]", "{Cookie: []}]", "'Cookie' is unknown"),
    "scheme of another kind": ("{type: apiKey,", "{type: http,", "write oauth2 (tokens) or apiKey"),
    "key with scopes": ("{ApiKey: []}]", "{ApiKey: [doors_read]}]", "an API key has no scopes"),
    "bad risk": ("risk: low", "risk: none", "write one of low, medium, high"),
    "bad access": ("access: read", "access: reed", "write one of read, write"),
    "bad visibility": ("visibility: public", "visibility: secret", "write one of public, private"),
    "unknown area": ("area: doors", "area: windows", "write one of doors"),
    "unknown key": ("risk: low", "risk: low\n    colour: red", "unknown key 'colour'"),
    "scope without texts": ("doors_read: Read doors}", "doors_read: a, locks: b}", "'locks' has no texts"),
    "scope not declared": ("{scopes: {doors_read: Read doors}}", "{scopes: {}}", "is not declared"),
    "misspelt method": (
        "    get:\n      operationId: GetDoor",
        "    gte:\n      operationId: GetDoor",
        "not a method",
    ),
    "path without slash": ("  /doors:\n", "  doors:\n", "must begin with a slash"),
    "trailing slash": ("  /doors:\n", "  /doors/:\n", "is empty"),
    "dot segment": ("  /doors:\n", "  /doors/..:\n", "cannot be matched"),
    "half a segment": ("  /doors/{door_id}:\n", "  /doors/{door_id}.json:\n", "cannot be matched"),
    "number for a text": ("tags: [Doors]", "tags: [7]", "must be a text"),
    "no operationId": ("      operationId: GetDoor\n", "", "has no operationId"),
    "another OpenAPI": ("openapi: 3.1.0", 'openapi: "2.0"', "only 3.0.x and 3.1.x"),
    "base path": (
        "openapi: 3.1.0",
        "openapi: 3.1.0\nservers: [{url: https://api.example.com/v1}]",
        "has a path",
    ),
    "no paths": ("paths:\n", "x-paths:\n", "'paths' is missing"),
    "path reference": ("  /doors:\n", "  /doors:\n    $ref: other.yaml\n", "not followed"),
    "list for a mapping": ("{en: Doors, ko: 문}", "[Doors, 문]", "must be a mapping"),
}


@pytest.mark.row("B9")
@pytest.mark.parametrize("name", CHANGES)
def test_a_fault_is_told_with_what_to_do(faults: Faults, small: str, name: str) -> None:
    """Each kind of fault is found, and its message says what is wrong."""
    before, after, message = CHANGES[name]
    assert before in small
    told = faults(
        small.replace(before, after, 1) if before != "    access: read\n" else small.replace(before, after)
    )
    assert any(message in said for _, said in told), told


def test_faults_are_told_with_their_line(faults: Faults, small: str) -> None:
    """The line is that of the mistake itself."""
    broken = small.replace("risk: low", "risk: none")
    assert [line for line, _ in faults(broken)] == [_line_of(broken, "risk: none")]
    broken = small.replace("[{OAuth: [doors_read]}, ", "[{OAuth: [\n        nobody_knows]}, ")
    assert [line for line, _ in faults(broken)] == [_line_of(broken, "nobody_knows")]
    broken = small.replace("operationId: GetDoor", "operationId: ListDoors")
    assert [line for line, _ in faults(broken)] == [_line_of(broken, "operationId: ListDoors")]


def test_all_faults_are_told_at_once_in_order(faults: Faults, small: str) -> None:
    """Whoever mends a contract sees everything that is wrong with it, from top to bottom."""
    broken = (
        small.replace("risk: low", "risk: none")
        .replace(", ko: 문 읽기", "")
        .replace("[{OAuth: [doors_read]}]", "[]")
    )
    told = faults(broken)
    assert len(told) == 3
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"", 1, "is empty"),
        (b"# nothing\n", 1, "is empty"),
        (b"openapi: 3.1.0\ninfo: {title: x\npaths: }", 3, "not valid YAML"),
        (b"a: 1\nb: *nowhere\n", 2, "not valid YAML"),
        (b"a: 1\n---\nb: 2\n", 2, "not valid YAML"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8"),
        (b"a: \x00", 1, "not valid YAML"),
        (b'{"a": 1,\n "b": }', 1, "is missing"),
        (b"[" * 50, 2, "not valid YAML"),
        (b"[" * 300_000 + b"]" * 300_000, 1, "nested too deeply"),
        (b"- a\n- b\n", 1, "must be a mapping"),
        (b"a: &a [*a]\n", 1, "is missing"),
        (b"!!python/object/apply:os.system ['true']", 1, "must be a mapping"),
    ],
)
def test_what_is_no_contract_at_all_is_refused(faults: Faults, raw: bytes, line: int, message: str) -> None:
    """Broken files are refused with a place, and nothing in them is run."""
    told = faults(raw)
    assert any(said_line == line and message in said for said_line, said in told), told


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file is a fault like any other, with its name."""
    with pytest.raises(ContractInvalid, match=r"nowhere\.yaml:1:1: cannot be read: No such file"):
        load_contract(tmp_path / "nowhere.yaml")


def test_faults_are_written_as_editors_read_them() -> None:
    """One `file:line:column: message` line for each."""
    errors = [ContractError("api.yaml", 3, 7, "wrong"), ContractError("api.yaml", 9, 1, "missing")]
    assert format_errors(errors) == "api.yaml:3:7: wrong\napi.yaml:9:1: missing"
