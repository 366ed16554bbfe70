"""What other tests rely on: pywb gives back what a WARC holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.edge.readers import READERS_TIMEOUT_S
from tests.edge.replay import Replay
from tests.edge.warcs import Captured, write_warc

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(READERS_TIMEOUT_S)

URL = "http://example.com/a?b=1"


def test_every_capture_is_listed_and_given_back_as_it_is(tmp_path: Path) -> None:
    one = Captured(URL, "2026-01-02T03:04:05Z", b"<p>one")
    two = Captured(URL, "2026-01-03T03:04:05.678Z", b"<p>two")
    write_warc(tmp_path / "one.warc.gz", [one])
    write_warc(tmp_path / "two.warc.gz", [two])
    with Replay(warcs=[tmp_path / "one.warc.gz", tmp_path / "two.warc.gz"]) as replay:
        assert replay.timemap(URL) == [("20260102030405", URL), ("20260103030405", URL)]
        assert replay.timemap("http://example.com/never") == []
        for timestamp, body in ("20260102030405", one.body), ("20260103030405", two.body):
            memento = replay.memento(URL, timestamp)
            assert (memento.status, memento.body) == (200, body)
            assert memento.headers["content-type"] == "text/html; charset=utf-8"
        assert replay.memento("http://example.com/never", "20260102030405").status == 404
