"""Who of several workers is given what."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from archiver.fetch.mailbox import Mailbox
from archiver.fetch.team import Team
from archiver.model import (
    Exchange,
    Feed,
    Fetched,
    Hop,
    HostKey,
    HostMemory,
    Lease,
    NoAnswer,
    Pacing,
    Probe,
    Reason,
    Release,
    Released,
)

if TYPE_CHECKING:
    from archiver.fetch.frames import Dismiss
    from archiver.fetch.worker import Order

LOOP = asyncio.new_event_loop()
HOP = Hop(url="https://a.example/")
NOW = datetime(2026, 1, 2, tzinfo=UTC)
GONE = Exchange(url=HOP.url, answer=NoAnswer(reason=Reason.REFUSED), started_at=NOW)


class Listener:
    """A member that remembers its orders."""

    def __init__(self) -> None:
        self.orders: list[Order | Dismiss] = []
        self.sealed: asyncio.Future[dict[str, int]] = LOOP.create_future()

    def send(self, message: Order | Dismiss) -> None:
        self.orders.append(message)

    @property
    def leased(self) -> list[str]:
        return [order.host for order in self.orders if isinstance(order, Lease)]


def team() -> tuple[Team, Listener, Listener, Mailbox]:
    own, other, mailbox = Listener(), Listener(), Mailbox()
    return Team(own, [other], mailbox, lambda: NOW), own, other, mailbox


def lease(team: Team, name: str, hops: int) -> None:
    host = HostKey(name)
    team.send(Lease(host=host, pacing=Pacing(), memory=HostMemory()))
    team.send(Feed(host=host, hops=(HOP,) * hops, left=0))


def test_others_get_twice_as_many_hosts_as_the_main_process() -> None:
    crew, own, other, _ = team()
    for name in "abcdef":
        lease(crew, name, 1)
    assert (len(own.leased), len(other.leased)) == (2, 4)


def test_a_host_goes_to_whom_the_least_is_left_to_do() -> None:
    crew, own, other, mailbox = team()
    lease(crew, "a", 40)
    lease(crew, "b", 40)
    assert (other.leased, own.leased) == (["a"], ["b"])
    for _ in range(40):
        mailbox.put(Fetched(host=HostKey("b"), hop=HOP, exchange=GONE))
    assert len(asyncio.run(crew.receive(0.0))) == 40
    lease(crew, "c", 1)
    assert own.leased == ["b", "c"]


def test_orders_for_a_host_go_to_who_holds_it() -> None:
    crew, own, other, _ = team()
    lease(crew, "a", 1)
    crew.send(Release(host=HostKey("a")))
    assert [type(order) for order in other.orders] == [Lease, Feed, Release]
    assert own.orders == []


def test_the_main_process_asks_the_control_addresses() -> None:
    crew, own, other, _ = team()
    crew.send(Probe(url="https://control.example/"))
    assert len(own.orders) == 1
    assert other.orders == []


def test_what_a_lost_process_was_asking_is_not_reached_and_its_hosts_go_to_others() -> None:
    crew, own, other, mailbox = team()
    lease(crew, "a", 3)
    assert other.leased == ["a"]
    mailbox.put(Fetched(host=HostKey("a"), hop=HOP, exchange=GONE))
    mailbox.lose(1)
    done, *lost = [news for news in asyncio.run(crew.receive(0.0)) if isinstance(news, Fetched)]
    assert done.exchange == GONE
    assert [(each.host, each.hop, each.exchange.attempts) for each in lost] == [("a", HOP, 0)] * 2
    assert [str(each.exchange.answer.reason) for each in lost if isinstance(each.exchange.answer, NoAnswer)] == [
        "not_reached"
    ] * 2
    assert own.leased == ["a"]
    crew.send(Release(host=HostKey("a")))
    assert isinstance(own.orders[-1], Release)
    lease(crew, "b", 1)
    assert own.leased == ["a", "b"]
    assert crew.lost == 1


def test_a_host_that_a_lost_process_was_to_give_back_is_given_back() -> None:
    """Nobody could have it again else, and whatever waits for it would wait for ever."""
    crew, own, other, mailbox = team()
    lease(crew, "a", 1)
    mailbox.put(Fetched(host=HostKey("a"), hop=HOP, exchange=GONE))
    asyncio.run(crew.receive(0.0))
    crew.send(Release(host=HostKey("a")))
    mailbox.lose(1)
    assert [(type(news), news.host) for news in asyncio.run(crew.receive(0.0)) if isinstance(news, Released)] == [
        (Released, "a")
    ]
    lease(crew, "a", 1)
    assert (other.leased, own.leased) == (["a"], ["a"])


def test_a_host_that_was_given_back_is_not_given_back_again() -> None:
    crew, _, _, mailbox = team()
    lease(crew, "a", 0)
    crew.send(Release(host=HostKey("a")))
    mailbox.put(Released(host=HostKey("a"), memory=HostMemory()))
    mailbox.lose(1)
    assert len(asyncio.run(crew.receive(0.0))) == 1
