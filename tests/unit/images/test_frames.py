"""What the pool and its children share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archiver.images.frames import in_memory, on_disk, read_shared

if TYPE_CHECKING:
    from collections.abc import Callable

    from archiver.images.frames import SharedFile


@pytest.mark.parametrize("make", [in_memory, on_disk])
def test_a_shared_file_holds_the_last_image_alone(make: Callable[[], SharedFile]) -> None:
    shared = make()
    for content in (b"long " * 100_000, b"short", b""):
        shared.write(content)
        assert read_shared(shared.number, len(content)) == content
        assert read_shared(shared.number, 10**6) == content
    shared.close()


def test_a_closed_file_takes_nothing() -> None:
    """Its number may be another file's by then."""
    shared = in_memory()
    shared.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        shared.write(b"image")
