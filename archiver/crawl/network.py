"""Our own network, as far as a run can tell: failures wait until it is known whether the hosts or we are to blame."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from archiver.model import Forgive, Probe
from archiver.plan.outage import Doubts, answers_itself, is_below_http, is_online

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from archiver.crawl.visit import VisitPolicy
    from archiver.fetch.team import Team
    from archiver.fetch.worker import Clock, Worker
    from archiver.model import Exchange, Fetched
    from archiver.plan.frontier import Frontier

LOOK_UP_S = 0.25
"""So often is looked whether a run is to stop."""
_CONTROL_S = 5.0
"""How long the control addresses are given."""
_BETWEEN_CONTROLS_S = 1.0
_PROOF_HOLDS_S = 10.0
"""How long a control's answer is taken for proof: a dead host's many links do not ask again and again."""


class Network:
    """Says which failures are the hosts' own; asks the controls where it may be us who are offline."""

    def __init__(
        self,
        *,
        worker: Worker | Team,
        frontier: Frontier,
        policy: VisitPolicy,
        clock: Clock,
        tell: Callable[[str], None],
        listen: Callable[[float], Awaitable[None]],
    ) -> None:
        self._worker = worker
        self._frontier = frontier
        self._policy = policy
        self._clock = clock
        self._tell = tell
        self._listen = listen  # for so many seconds at most: what comes is taken here
        self._doubts = Doubts()
        self._is_paused = False
        self._heard = False  # somebody has answered since the pause began
        self._back_at: datetime | None = None  # when our network last came back
        self._online_until = 0.0  # until then, a control's answer is proof enough
        self._probed: list[Exchange] = []  # the controls that answered, or did not
        self.is_offline = False  # it stayed away, and the run ended by it

    def take(self, done: Fetched) -> list[Fetched]:
        """Give what can be believed now: an answer, and all that was doubted before it. Failures below HTTP wait."""
        if is_below_http(done.exchange):
            if self._back_at is not None and done.exchange.started_at < self._back_at:
                self._frontier.add(done.host, done.hop)  # it was asked while we were away
            else:
                self._doubts.add(done)
            return []
        if not answers_itself(done.exchange):
            return [done]
        self._heard = True
        return [done] if self._is_paused else [*self._doubts.settle(), done]

    def take_control(self, exchange: Exchange) -> None:
        """Learn what came of asking a control."""
        self._probed.append(exchange)

    async def weigh(self, stop: asyncio.Event) -> list[Fetched]:
        """Where many hosts in a row failed, or all that are left, find out whether it was us; give what is believed."""
        if not self._doubts:
            return []
        if not self._policy.controls or time.monotonic() < self._online_until:
            return self._doubts.settle()
        if not self._doubts.may_be_ours(self._frontier.busy):
            return []
        self._is_paused = True
        believed = await self._look_outside(stop)
        self._is_paused = False
        return believed

    async def is_online(self, stop: asyncio.Event) -> bool:
        """Ask all controls at once, and give them time; an answer of any host does as well."""
        self._heard = False
        self._probed.clear()
        for url in self._policy.controls:
            self._worker.send(Probe(url=url))
        await self._listen_for(_CONTROL_S, stop)
        return self._heard or is_online(self._probed)

    async def _look_outside(self, stop: asyncio.Event) -> list[Fetched]:
        """Ask the controls: the failures are the hosts' own, or wait until we are back and try those hops again."""
        gives_up_at = time.monotonic() + self._policy.outage_wait_s
        if await self.is_online(stop):
            self._online_until = time.monotonic() + _PROOF_HOLDS_S
            return self._doubts.settle()
        self._tell(f"no host answers, nor do the control addresses: waiting {self._policy.outage_wait_s:.0f} s at most")
        while not stop.is_set():
            self._probed.clear()
            await self._listen_for(_BETWEEN_CONTROLS_S, stop)
            if self._heard or await self.is_online(stop):
                self._try_again()
                return []
            if time.monotonic() >= gives_up_at:
                return self._give_up()
        return []

    async def _listen_for(self, seconds: float, stop: asyncio.Event) -> None:
        """Take what comes, until somebody has answered, all controls have failed, or the time is up."""
        ends_at = time.monotonic() + seconds
        while time.monotonic() < ends_at and not stop.is_set() and not self._heard:
            await self._listen(LOOK_UP_S)
            if is_online(self._probed) or len(self._probed) >= len(self._policy.controls):
                return

    def _try_again(self) -> None:
        self._tell("the network is back: what failed meanwhile is tried again")
        self._back_at = self._clock()
        self._worker.send(Forgive())
        self._frontier.forgive()
        for failure in self._doubts.settle():
            self._frontier.add(failure.host, failure.hop)

    def _give_up(self) -> list[Fetched]:
        self._tell("the network stays away: the run ends here, and nothing of it is held against a link")
        self.is_offline = True
        return [
            replace(failure, exchange=replace(failure.exchange, inconclusive=True)) for failure in self._doubts.settle()
        ]
