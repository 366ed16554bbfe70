"""`python -m archiver` is the command `archiver`, and the command begins here: Ctrl-C may come while it is imported."""

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


def main() -> NoReturn:
    """Run the command; ends the process with its exit code."""
    gc.disable()  # nothing that is imported is garbage
    try:
        from archiver.cli import main as run  # noqa: PLC0415 (Ctrl-C may come while it is under way)

        run()
    except KeyboardInterrupt:
        _end(INTERRUPTED)
    except SystemExit as end:
        if isinstance(end.code, str):  # words for standard error
            raise
        _end(end.code or 0)
    _end(0)


def _end(code: int) -> NoReturn:
    """End at once: Python would first take apart all there is, which takes a tenth of a short command's time.

    By `sys.exit` it also dies by the signal, where Ctrl-C met code that is made of a text.
    """
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError, ValueError):  # it is closed, or nobody reads; results were flushed before
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
