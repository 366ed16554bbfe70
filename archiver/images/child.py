"""The subprocess that looks into images: whatever a decoder does to it, only one image's look is lost."""

from __future__ import annotations

import math
import signal
import sys
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from archiver.images.faults import without_picture
from archiver.images.frames import HELLO, LENGTH, Job, framed, read_shared
from archiver.images.look import look
from archiver.model import ImageFault, Look, LookRules

try:
    import resource
except ImportError:  # pragma: no cover (Windows has no limits; the pool's clock holds there too)
    resource = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Answer jobs on standard input until it ends, the rules coming first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the main process's to answer
    messages = _messages(sys.stdin.buffer)
    rules = msgspec.msgpack.decode(next(messages), type=LookRules)
    _limit_memory(rules.limits.memory_bytes)
    _send(HELLO)
    for message in messages:
        _limit_time(rules.limits.time_s)
        job = msgspec.msgpack.decode(message, type=Job)
        answer = _answer(read_shared(job.shared, job.size_bytes), job.content_type, rules)
        _send(msgspec.msgpack.encode(answer))


def _send(message: bytes) -> None:
    sys.stdout.buffer.write(framed(message))
    sys.stdout.buffer.flush()


def _messages(file: BinaryIO) -> Iterator[bytes]:
    while head := file.read(LENGTH.size):
        yield file.read(LENGTH.unpack(head)[0])


def _answer(content: bytes, content_type: str | None, rules: LookRules) -> Look:
    try:
        return look(content, content_type, rules)
    except MemoryError:
        fault, note = ImageFault.TOO_LARGE, f"decoding takes over {rules.limits.memory_bytes // 1_000_000} MB"
    except BaseException as error:  # noqa: BLE001 (a panic of resvg is no Exception)
        fault, note = ImageFault.UNDECODABLE_IMAGE, f"the decoder failed: {type(error).__name__}"
    return without_picture(content, content_type, fault, note)


def _limit_memory(size_bytes: int) -> None:
    if resource is not None and sys.platform != "darwin":  # macOS knows the limit and does not keep it
        resource.setrlimit(resource.RLIMIT_AS, (size_bytes, size_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_time(time_s: float) -> None:
    """End this process should it compute for longer, also when nobody is left to kill it."""
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used.ru_utime + used.ru_stime + time_s) + 1, hard))


if __name__ == "__main__":
    main()
