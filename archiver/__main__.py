"""`python -m archiver` is the command `archiver`, and the command begins here: Ctrl-C may come while it is imported."""

import gc
import os
import sys
from contextlib import suppress
from typing import NoReturn

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


def main() -> None:
    """Run the command; ends the process with its exit code."""
    gc.disable()  # nothing that is imported is garbage
    try:
        from archiver.cli import main as run  # noqa: PLC0415 (Ctrl-C may come while it is under way)

        run()
    except KeyboardInterrupt:
        _end_interrupted()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            _end_interrupted()
        raise


def _end_interrupted() -> NoReturn:
    """End at once: by `sys.exit` Python dies by the signal, where that met code that is made of a text."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
