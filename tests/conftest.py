from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def server() -> Iterator[Server]:
    """A misbehaving web server of the test's own: nobody else's arrivals are counted."""
    with Server() as running:
        yield running
