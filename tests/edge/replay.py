"""Archives as pywb replays them: a collection in a temporary folder, served on a free port of loopback."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from tests.edge.readers import reader, run_reader

if TYPE_CHECKING:
    from collections.abc import Sequence

START_TIMEOUT_S = 60
_SETTINGS = "enable_memento: true\nredirect_to_exact: true\nframed_replay: false\n"
_MEMENTO = re.compile(r'<http://[^/]+/c/(\d{14})(?:mp_)?/(.*?)>; rel="[^"]*memento"')


class Memento(NamedTuple):
    """What pywb answers for a capture: header names in lower case, the body as it was stored, still gzip or br."""

    status: int
    headers: dict[str, str]
    body: bytes


class Replay:
    """A running pywb that has loaded `warcs` and `waczs`, in this order."""

    def __init__(self, *, warcs: Sequence[Path] = (), waczs: Sequence[Path] = ()) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="archiver-replay-")
        self._warcs = warcs
        self._waczs = waczs
        self._server: subprocess.Popen[bytes] | None = None
        self._port = 0

    def __enter__(self) -> Self:
        folder = Path(self._folder.name)
        (folder / "config.yaml").write_text(_SETTINGS)
        self._manage("init", "c")
        for path in self._warcs:
            self._manage("add", "c", path.resolve())
        for path in self._waczs:
            self._manage("add", "--unpack-wacz", "c", path.resolve())
        try:
            self._start(folder)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._server:
            self._server.terminate()
            self._server.wait(timeout=30)
        self._folder.cleanup()

    def timemap(self, url: str) -> list[tuple[str, str]]:
        """List the captures of `url`, oldest first: the 14 digits of the time, and the URL as it was captured."""
        status, _, body = self._get(f"/c/timemap/link/{url}")
        assert status in {http.client.OK, http.client.NOT_FOUND}, (status, self._log())
        return _MEMENTO.findall(body.decode()) if status == http.client.OK else []

    def memento(self, url: str, timestamp: str) -> Memento:
        """Give a capture as it is stored; `timestamp` is the 14 digits of its time."""
        return self._get(f"/c/{timestamp}id_/{url}")

    def _is_up(self) -> bool:
        """Tell whether pywb answers, and no other server of these tests that was given the port meanwhile."""
        try:
            return b"pywb" in self._get("/")[2].lower()
        except (OSError, http.client.HTTPException):
            return False

    def _log(self) -> str:
        return (Path(self._folder.name) / "log").read_text()

    def _manage(self, *words: str | Path) -> None:
        done = run_reader("wb-manager", *words, cwd=Path(self._folder.name))
        assert done.returncode == 0, done.stderr

    def _start(self, folder: Path) -> None:
        self._port = _free_port()
        command = [str(reader("wayback")), "--bind", "127.0.0.1", "--port", str(self._port)]
        with (folder / "log").open("wb") as log:
            self._server = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        end = time.monotonic() + START_TIMEOUT_S
        while not self._is_up():
            if self._server.poll() is not None or time.monotonic() > end:
                raise AssertionError(self._log())
            time.sleep(0.05)

    def _get(self, path: str) -> Memento:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.putrequest("GET", path, skip_accept_encoding=True)
            connection.putheader("Accept-Encoding", "gzip, br")
            connection.endheaders()
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Memento(answer.status, headers, answer.read())
        finally:
            connection.close()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
