"""Failures played to the calls of a test client, and its successful calls told to the recorder."""

import asyncio
from datetime import datetime

from latchstring.access.caller import Call
from latchstring.access.law import Refused
from latchstring.apps.recorder import Recorder
from latchstring.kit.clock import Clock
from latchstring.protocol.faults import Refusal
from latchstring.protocol.rehearsal import Delay, rehearse

#: So many calls may be kept waiting at once; the next one is answered at once.
_MOST_WAITING = 100


class Rehearsals:
    """Plays to watched calls what is rehearsed, after the law has admitted them."""

    def __init__(self, recorder: Recorder, clock: Clock) -> None:
        self._recorder = recorder
        self._clock = clock
        self._waiting = 0

    async def play(self, call: Call, now: datetime) -> Call | Refused:
        """The call as it goes on: as it is, late, or not at all."""
        match rehearse(call.watch, "call", now):
            case Refusal() as refusal:
                return Refused(refusal, call.operation, call.caller.client_id)
            case Delay(seconds) if self._waiting < _MOST_WAITING:
                await self._wait(seconds)
        return call

    async def tell(self, call: Call, began: datetime, request_id: str) -> None:
        """A watched call succeeded."""
        caller = call.caller
        if call.watch is None or caller.client_id is None:
            return
        played = rehearse(call.watch, "call", began)
        took_s = (self._clock.now() - began).total_seconds()
        await self._recorder.called(
            call.watch,
            caller.organization_id,
            caller.client_id,
            call.operation.id,
            began,
            request_id,
            max(took_s, played.seconds if isinstance(played, Delay) else 0.0),
        )

    async def _wait(self, seconds: float) -> None:
        self._waiting += 1
        try:
            await asyncio.sleep(seconds)
        finally:
            self._waiting -= 1
