"""Host queues: leases, feeding, releasing."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from archiver.model import Feed, Hop, HostKey, HostMemory, Lease, Pacing, Release, Released
from archiver.plan.frontier import AHEAD, Frontier
from archiver.urls import host_key

A, B, C = HostKey("a.example"), HostKey("b.example"), HostKey("c.example")
PACING = Pacing(delay_s=0.5, at_once=2)
FULL = PACING.at_once + AHEAD
PROVEN = HostMemory(proven=True)


def frontier(most_slots: int = 10, lease_s: float = 30.0) -> Frontier:
    return Frontier(lambda _: PACING, most_slots=most_slots, lease_s=lease_s)


def hop(host: HostKey, number: int = 0) -> Hop:
    return Hop(url=f"https://{host}/{number}")


def add(queues: Frontier, host: HostKey, hops: int = 1) -> None:
    for number in range(hops):
        queues.add(host, hop(host, number))


def finish(queues: Frontier, host: HostKey, hops: int = 1) -> None:
    for _ in range(hops):
        queues.done(host)


def told(queues: Frontier, now: float = 0.0) -> list[tuple[str, HostKey, int]]:
    """What a worker is told: the order's name, its host and the number of its hops."""
    orders = queues.orders(now)
    return [(type(each).__name__, each.host, len(each.hops) if isinstance(each, Feed) else 0) for each in orders]


# --- leases ---------------------------------------------------------------------------------------------------


def test_nothing_to_do_is_nothing_to_say() -> None:
    assert told(frontier()) == []


def test_a_host_is_leased_with_its_pacing_and_fed() -> None:
    queues = frontier()
    add(queues, A)
    lease, feed = queues.orders(0.0)
    assert lease == Lease(host=A, pacing=PACING, memory=HostMemory())
    assert feed == Feed(host=A, hops=(hop(A),), left=0)


def test_a_leased_host_is_not_leased_again() -> None:
    queues = frontier()
    add(queues, A)
    told(queues)
    add(queues, A)
    assert told(queues) == [("Feed", A, 1)]


def test_no_more_leases_than_allowed() -> None:
    queues = frontier(most_slots=2)
    for host in (A, B, C):
        add(queues, host)
    assert [name for name, _, _ in told(queues)].count("Lease") == 2
    assert told(queues) == []


def test_a_host_without_a_delay_takes_a_slot_for_each_request_it_may_have_under_way() -> None:
    queues = Frontier(lambda _: Pacing(delay_s=0.0, at_once=8), most_slots=10)
    for host in (A, B, C):
        add(queues, host, 6)
    leased = [host for name, host, _ in told(queues) if name == "Lease"]
    assert leased == [A, B]  # A takes 6, B fills it up
    finish(queues, A, 6)
    told(queues)
    queues.released(A, PROVEN)
    assert ("Lease", C, 0) in told(queues)


def test_a_drained_host_is_released_and_leaves_room() -> None:
    queues = frontier(most_slots=1)
    add(queues, A)
    add(queues, B)
    assert told(queues) == [("Lease", A, 0), ("Feed", A, 1)]
    finish(queues, A)
    assert told(queues) == [("Release", A, 0)]
    assert told(queues) == []  # until it is given back
    queues.released(A, PROVEN)
    assert told(queues) == [("Lease", B, 0), ("Feed", B, 1)]


def test_a_host_is_not_released_while_a_hop_is_out() -> None:
    queues = frontier()
    add(queues, A, 2)
    told(queues)
    finish(queues, A)
    assert told(queues) == []


def test_what_was_learnt_comes_back_with_the_next_lease() -> None:
    learnt = HostMemory(opens_at=12.5, penalty_s=2.0, silent_urls=frozenset({"https://a.example/"}), proven=True)
    queues = frontier()
    add(queues, A)
    told(queues)
    finish(queues, A)
    told(queues)
    queues.released(A, learnt)
    add(queues, A)
    assert next(queues.orders(0.0)) == Lease(host=A, pacing=PACING, memory=learnt)


def test_a_hop_that_comes_while_its_host_is_released_waits_for_the_next_lease() -> None:
    queues = frontier()
    add(queues, A)
    told(queues)
    finish(queues, A)
    assert told(queues) == [("Release", A, 0)]
    add(queues, A)
    assert told(queues) == []
    queues.released(A, PROVEN)
    assert told(queues) == [("Lease", A, 0), ("Feed", A, 1)]


# --- feeding --------------------------------------------------------------------------------------------------


def test_a_worker_holds_few_hops_beyond_those_in_flight() -> None:
    queues = frontier()
    add(queues, A, 100)
    _, feed = queues.orders(0.0)
    assert feed == Feed(host=A, hops=tuple(hop(A, number) for number in range(FULL)), left=100 - FULL)
    assert told(queues) == []
    finish(queues, A, 3)
    assert told(queues) == [("Feed", A, 3)]


def test_promised_hops_are_work_left() -> None:
    queues = frontier()
    queues.promise(A, 5)
    assert told(queues) == []
    add(queues, A)
    _, feed = queues.orders(0.0)
    assert isinstance(feed, Feed)
    assert feed.left == 5


def test_a_broken_promise_is_no_work() -> None:
    queues = frontier()
    queues.promise(A, 5)
    queues.promise(A, -5)
    add(queues, A)
    _, feed = queues.orders(0.0)
    assert isinstance(feed, Feed)
    assert feed.left == 0


# --- who goes first -------------------------------------------------------------------------------------------


def leased(queues: Frontier) -> HostKey:
    (host,) = [order.host for order in queues.orders(0.0) if isinstance(order, Lease)]
    return host


def test_the_host_with_most_work_goes_first() -> None:
    """By its work when that last doubled."""
    queues = frontier(most_slots=1)
    add(queues, A, 3)
    add(queues, B, 4)
    assert leased(queues) == B


def test_promises_count_as_work() -> None:
    queues = frontier(most_slots=1)
    add(queues, A, 2)
    add(queues, B)
    queues.promise(B, 9)
    assert leased(queues) == B


def test_work_is_requests_times_delay() -> None:
    slow = Pacing(delay_s=10.0)
    queues = Frontier(lambda host: slow if host == B else PACING, most_slots=1)
    add(queues, A, 5)
    add(queues, B)
    assert leased(queues) == B


def test_a_host_not_yet_heard_from_goes_before_all_others() -> None:
    queues = frontier(most_slots=1)
    add(queues, A)
    told(queues)
    add(queues, A, FULL + 9)
    add(queues, B)
    told(queues)
    finish(queues, A, FULL)
    told(queues, 31.0)
    queues.released(A, PROVEN)
    assert leased(queues) == B


# --- the lease's time -----------------------------------------------------------------------------------------


def test_a_lease_ends_when_its_time_is_up_and_others_wait() -> None:
    queues = frontier(most_slots=1, lease_s=30.0)
    add(queues, A, 100)
    told(queues)
    add(queues, B)
    finish(queues, A)
    assert told(queues, 29.0) == [("Feed", A, 1)]
    finish(queues, A)
    assert told(queues, 30.0) == []  # it is not fed, but the others are out still
    finish(queues, A, FULL - 1)
    assert told(queues, 31.0) == [("Release", A, 0)]


def test_a_host_whose_time_was_up_goes_behind_those_not_yet_heard_from() -> None:
    queues = frontier(most_slots=1, lease_s=30.0)
    add(queues, A, 100)
    told(queues)
    add(queues, B)
    finish(queues, A, FULL)
    assert told(queues, 31.0) == [("Release", A, 0)]
    queues.released(A, PROVEN)
    assert leased(queues) == B


def test_a_lease_goes_on_while_nobody_else_waits() -> None:
    queues = frontier(most_slots=1, lease_s=30.0)
    add(queues, A, 100)
    told(queues)
    finish(queues, A, 5)
    assert told(queues, 1000.0) == [("Feed", A, 5)]


# --- laws -----------------------------------------------------------------------------------------------------


class Simulation:
    """A frontier and a worker that obeys it, gives hops back in any order, and is in no hurry to give leases back."""

    def __init__(self, random: Random, most_slots: int) -> None:
        self.random = random
        self.most_slots = most_slots
        self.frontier = frontier(most_slots, lease_s=3.0)
        self.hosts = [HostKey(f"{name}.example") for name in "abcde"[: random.randint(1, 5)]]
        self.now = 0.0
        self.added = 0
        self.done: Counter[str] = Counter()
        self.held: dict[HostKey, list[Hop]] = {}
        self.leaving: list[HostKey] = []  # asked back, not yet given back
        self.promised: Counter[HostKey] = Counter()

    def obey(self) -> None:
        for order in self.frontier.orders(self.now):
            match order:
                case Lease(host=host):
                    assert host not in self.held
                    assert host not in self.leaving
                    self.held[host] = []
                    assert len(self.held) + len(self.leaving) <= self.most_slots
                case Feed(host=host, hops=hops):
                    assert all(host_key(each.url) == host for each in hops), "a queue mixes hosts"
                    self.held[host].extend(hops)
                    assert len(self.held[host]) <= FULL
                case Release(host=host):
                    assert not self.held.pop(host), "a host is released with hops under way"
                    self.leaving.append(host)

    def add(self) -> None:
        """Several at a time, at times to a host that is just being released."""
        host = self.random.choice(self.leaving or self.hosts)
        for _ in range(self.random.choice([1, 1, 3, 30])):
            self.frontier.add(host, hop(host, self.added))
            self.added += 1

    def promise(self) -> None:
        host = self.random.choice(self.hosts)
        self.promised[host] += 1
        self.frontier.promise(host, 1)

    def keep_a_promise(self) -> None:
        """Only a robots.txt was waited for: it may forbid the hop."""
        for host in [host for host in self.promised if self.promised[host]][:1]:
            self.promised[host] -= 1
            self.frontier.promise(host, -1)
            if self.random.random() < 0.5:
                self.frontier.add(host, hop(host, self.added))
                self.added += 1

    def finish_one(self) -> None:
        busy = [host for host, hops in self.held.items() if hops]
        if busy:
            host = self.random.choice(busy)
            finished = self.held[host].pop(self.random.randrange(len(self.held[host])))
            self.done[finished.url] += 1
            self.frontier.done(host)

    def give_back_one(self) -> None:
        if self.leaving:
            message = Released(host=self.leaving.pop(), memory=HostMemory(proven=self.random.random() < 0.8))
            self.frontier.released(message.host, message.memory)

    def wait(self) -> None:
        self.now += self.random.random() * 2

    def act(self) -> None:
        acts = [self.add, self.promise, self.keep_a_promise, self.finish_one, self.finish_one, self.give_back_one]
        self.random.choice([*acts, self.wait, self.obey, self.obey])()

    def drain(self) -> None:
        """Add nothing more; every round does at least one thing, or the frontier hangs."""
        rounds = 0
        while self.held or self.leaving or self.done.total() < self.added:
            self.obey()
            self.give_back_one()
            self.finish_one()
            self.wait()
            rounds += 1
            assert rounds < 5 * self.added + 100, "the frontier hangs"


@settings(max_examples=500)
@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(0, 200))
def test_law_every_hop_is_done_once_under_its_own_lease(seed: int, most_slots: int, acts: int) -> None:
    simulation = Simulation(Random(seed), most_slots)
    for _ in range(acts):
        simulation.act()
    simulation.drain()
    assert set(simulation.done.values()) <= {1}
    assert simulation.done.total() == simulation.added
    assert told(simulation.frontier, simulation.now) == []
