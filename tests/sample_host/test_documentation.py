"""The page on the sample host says what it does, all of it and no more."""

import re
from pathlib import Path
from typing import Any

from latchstring.contract.model import Contract
from latchstring.kit.entropy import SystemEntropy
from latchstring.sample_host import SampleHost
from latchstring.sample_host.handlers import HANDLERS, handler_key
from latchstring.storage.database import Database

PAGE = Path(__file__).parents[2] / "docs" / "sample-host.md"


def test_the_page_lists_every_operation() -> None:
    """What is documented is implemented, and the other way round."""
    listed = re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`]*)`", PAGE.read_text("utf-8"))
    assert {handler_key(method, path) for method, path in listed} == set(HANDLERS)


def test_the_contract_declares_every_operation(contract: Contract) -> None:
    """Nothing is implemented that nobody could call."""
    declared = {handler_key(one.method, one.path) for one in contract.operations.values()}
    assert set(HANDLERS) <= declared


async def test_the_host_knows_what_it_implements(database: Database, clock: Any, contract: Contract) -> None:
    """An operation can be asked for before it is called."""
    host = SampleHost(database, clock, SystemEntropy())
    implemented = [one for one in contract.operations.values() if host.implements(one)]
    assert len(implemented) == len(HANDLERS)
