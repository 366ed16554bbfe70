"""One polite visit: names, addresses, the transport, retries and pacing. Knows nothing of records or archives."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_AUTHORITIES = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # where OpenSSL looks for them, if it is told


@contextmanager
def _bare() -> Iterator[None]:
    """Have httpx and aiohttp imported without what we never use of them: it takes 0.1 s, two fifths of the whole.

    That is httpx's own command line, and two TLS contexts of aiohttp's, each with all authorities of the system. They
    trust nobody then: every connection of ours has a context of our own.
    """
    before = {name: os.environ[name] for name in _AUTHORITIES if name in os.environ}
    os.environ.update(dict.fromkeys(_AUTHORITIES, os.devnull))
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # as `import` documents: it is not to be had
    try:
        yield
    finally:
        for name in _AUTHORITIES:
            del os.environ[name]
        os.environ.update(before)
        if sys.modules["httpx._main"] is None:
            del sys.modules["httpx._main"]


with _bare():
    for _name in ("aiohttp", "httpx"):  # whoever imports them next has them so
        import_module(_name)
