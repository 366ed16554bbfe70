"""When we are the ones offline: nothing of it is held against a link. The network is a server that goes away."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from archiver.model import Caution, Outcome, Pacing
from tests.visiting import visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server import Server

SLOW = Pacing(delay_s=0.2, at_once=2)
TARGETS = [f"http://h{host}.test/{page}" for host in range(30) for page in range(6)]


def after_arrivals(server: Server, count: int, *steps: Callable[[], None] | float) -> threading.Thread:
    """Do `steps` in a thread once `count` requests have come: a number is a pause."""

    def go() -> None:
        while len(server.arrivals) < count:
            time.sleep(0.01)
        for step in steps:
            time.sleep(step) if isinstance(step, float) else step()

    thread = threading.Thread(target=go)
    thread.start()
    return thread


def test_a_network_that_comes_back_leaves_no_trace(server: Server) -> None:
    thread = after_arrivals(server, 60, server.go_away, 3.0, server.come_back)
    checks = visit(server, TARGETS, pacing=SLOW, retries=0, outage_wait_s=30.0)
    thread.join()
    assert {(check.outcome, check.warnings) for check in checks.values()} == {(Outcome.ALIVE, ())}
    assert len(checks) == len(TARGETS)
    assert server.controls >= 1  # it did pause, and asked whether it is online


def test_a_network_that_stays_away_ends_the_run_inconclusive(server: Server) -> None:
    thread = after_arrivals(server, 60, server.go_away)
    checks = visit(server, TARGETS, pacing=SLOW, retries=0, outage_wait_s=1.0)
    thread.join()
    failed = [check for check in checks.values() if check.outcome is not Outcome.ALIVE]
    assert failed
    assert all(Caution.INCONCLUSIVE in check.warnings for check in failed)
    assert any(check.outcome is Outcome.ALIVE for check in checks.values())


@pytest.mark.parametrize("hosts", [1, 4])
def test_an_outage_at_the_end_of_a_run_is_ours_too(server: Server, hosts: int) -> None:
    """Few hosts have work left then; that many others are done says nothing."""
    done = [f"http://done{number}.test/" for number in range(10)]
    left = [f"http://left{host}.test/{page}" for host in range(hosts) for page in range(10)]
    thread = after_arrivals(server, 2 * len(done) + 3 * hosts, server.go_away, 2.0, server.come_back)
    checks = visit(server, [*done, *left], pacing=SLOW, retries=0, outage_wait_s=30.0)
    thread.join()
    assert {(check.outcome, check.warnings) for check in checks.values()} == {(Outcome.ALIVE, ())}
    assert len(checks) == len(done) + len(left)


def test_two_outages_in_one_run(server: Server) -> None:
    away = (server.go_away, 2.0, server.come_back)
    thread = after_arrivals(server, 60, *away, 1.0, *away)
    checks = visit(server, TARGETS, pacing=SLOW, retries=1, outage_wait_s=30.0)
    thread.join()
    assert {(check.outcome, check.warnings) for check in checks.values()} == {(Outcome.ALIVE, ())}


def test_hosts_that_are_down_are_believed_where_a_control_answers(server: Server) -> None:
    server.drop.update(f"down{number}.test" for number in range(8))
    targets = [f"http://down{number}.test/" for number in range(8)]
    checks = visit(server, targets, retries=0)
    assert {(check.outcome, check.reason, check.warnings) for check in checks.values()} == {
        (Outcome.UNREACHABLE, "reset", ())
    }
    assert server.controls >= 1


def test_who_answers_at_all_is_proof_enough(server: Server) -> None:
    """No control is asked while hosts answer, however many others are down; about the very last ones, once."""
    server.drop.update(f"down{number}.test" for number in range(4))
    targets = [f"http://{name}{number}.test/" for number in range(4) for name in ("down", "up")]
    checks = visit(server, targets, retries=0, pacing=Pacing(delay_s=0.0, at_once=1), concurrency=1)
    assert sorted(check.outcome for check in checks.values()) == [Outcome.ALIVE] * 4 + [Outcome.UNREACHABLE] * 4
    assert server.controls <= 1


def test_a_run_of_few_hosts_asks_too(server: Server) -> None:
    server.drop.add("down.test")
    checks = visit(server, ["http://down.test/"], retries=0, control=("http://control.test/",))
    assert checks["http://down.test/"].warnings == ()
    assert server.controls == 1


def test_a_control_that_answers_under_another_name_is_no_proof(server: Server) -> None:
    """A captive portal leads everyone to itself."""
    server.drop.add("down.test")
    checks = visit(server, ["http://down.test/"], retries=0, control=("http://site.test/302-to-other",))
    assert checks["http://down.test/"].warnings == (Caution.INCONCLUSIVE,)
