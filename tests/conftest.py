from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


settings.register_profile("archiver", deadline=None)  # a test never asserts a time: machines are shared
settings.load_profile("archiver")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: tests wait, for servers, disks and time-outs."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True, scope="session")
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what commands cache out of the cache of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_as_at_a_terminal() -> None:
    """Let Ctrl-C reach the commands of tests: what a shell runs behind `&` leaves it alone, and so do its children."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def server() -> Iterator[Server]:
    """A misbehaving web server of the test's own: nobody else's arrivals are counted."""
    with Server() as running:
        yield running
