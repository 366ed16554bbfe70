"""The pool of subprocesses: what befalls a child costs one image's look, and no child outlives the pool."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import suppress

import pytest

from archiver.images.pool import Pool
from archiver.model import ImageFault, ImageLimits, Look, LookRules, ThumbnailRules
from tests.pictures import png_of_zeros, saved, scene, svg

SMALL = saved(scene(), "PNG")
SLOW = png_of_zeros(7_000, 7_000)
"""49 megapixels, that take a second or so."""


def rules(**limits: float) -> LookRules:
    return LookRules(limits=ImageLimits(**limits), thumbnails=ThumbnailRules(widths=()))  # type: ignore[arg-type]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def started(pool: Pool) -> tuple[int, ...]:
    """The pids of a pool that has looked at something."""
    await pool.look(SMALL)
    return pool.pids


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        (signal.SIGSEGV, ImageFault.UNDECODABLE_IMAGE),
        (signal.SIGILL, ImageFault.UNDECODABLE_IMAGE),
        (signal.SIGKILL, ImageFault.TOO_LARGE),
        (signal.SIGXCPU, ImageFault.TOO_LARGE),
    ],
)
def test_a_child_that_is_ended_is_a_verdict_and_the_next_look_has_a_new_one(
    number: signal.Signals, fault: ImageFault
) -> None:
    async def play() -> tuple[Look, Look, bool]:
        async with Pool(1) as pool:
            (pid,) = await started(pool)
            look = asyncio.create_task(pool.look(SLOW, "image/png"))
            await asyncio.sleep(0.05)
            os.kill(pid, number)
            return await look, await pool.look(SMALL), pid in pool.pids

    ended, after, is_kept = asyncio.run(play())
    assert (ended.evidence.fault, ended.evidence.format) == (fault, "PNG")
    assert number.name in (ended.evidence.note or "")
    assert ended.evidence.content_type_matches is True
    assert (after.evidence.fault, after.evidence.width, is_kept) == (None, 200, False)


def test_the_image_behind_a_crash_is_looked_into_by_the_next_child() -> None:
    async def play() -> tuple[Look, Look]:
        async with Pool(1) as pool:
            (pid,) = await started(pool)
            first = asyncio.create_task(pool.look(SLOW))
            second = asyncio.create_task(pool.look(SMALL))
            await asyncio.sleep(0.05)
            os.kill(pid, signal.SIGSEGV)
            return await first, await second

    first, second = asyncio.run(play())
    assert first.evidence.fault is ImageFault.UNDECODABLE_IMAGE
    assert (second.evidence.fault, second.evidence.width) == (None, 200)


@pytest.mark.parametrize("cancelled", [0, 1], ids=["the one at work", "the one behind it"])
def test_a_cancelled_look_is_not_the_other_ones_fault(cancelled: int) -> None:
    async def play() -> Look:
        async with Pool(1) as pool:
            await started(pool)
            looks = [asyncio.create_task(pool.look(SLOW)) for _ in range(2)]
            await asyncio.sleep(0.05)
            looks[cancelled].cancel()
            with pytest.raises(asyncio.CancelledError):
                await looks[cancelled]
            return await looks[1 - cancelled]

    seen = asyncio.run(play()).evidence
    assert (seen.fault, seen.width) == (ImageFault.IMAGE_PLACEHOLDER, 7_000)


def test_every_image_gets_its_own_answer() -> None:
    """However many wait, and whatever becomes of some of them."""
    sizes = [(width, 30) for width in range(20, 60)]
    images = [saved(scene(*size), "PNG") for size in sizes]

    async def play() -> list[Look]:
        async with Pool(2) as pool:
            looks = [asyncio.create_task(pool.look(image)) for image in images]
            await asyncio.sleep(0)
            for look in looks[::7]:
                look.cancel()
            return [found for found in await asyncio.gather(*looks, return_exceptions=True) if isinstance(found, Look)]

    seen = [(look.evidence.width, look.evidence.height) for look in asyncio.run(play())]
    assert seen == [size for number, size in enumerate(sizes) if number % 7]


def test_a_look_that_takes_too_long_is_ended() -> None:
    async def play() -> tuple[Look, tuple[int, ...]]:
        async with Pool(1, rules(time_s=0.001)) as pool:
            return await pool.look(SLOW), pool.pids

    look, pids = asyncio.run(play())
    assert (look.evidence.fault, look.evidence.note) == (ImageFault.TOO_LARGE, "decoding takes over 0.001 s")
    assert not any(map(is_alive, pids))


STARTLESS = """
import asyncio, sys
sys.executable = sys.argv[1]
from archiver.images.pool import Pool
from archiver.model import FetchError

async def main():
    async with Pool(1) as pool:
        for _ in range(2):
            try:
                await pool.look(b"GIF89a")
            except FetchError as error:
                print(error)

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("program", "why"), [("/bin/false", "its subprocess does not start"), ("/none", "No such file or directory")]
)
def test_a_child_that_cannot_start_is_our_failure_and_no_verdict(program: str, why: str) -> None:
    done = subprocess.run([sys.executable, "-c", STARTLESS, program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"this machine cannot look into images: {why}"] * 2


def test_a_look_that_takes_too_much_memory_is_too_large() -> None:
    async def play() -> tuple[Look, Look]:
        async with Pool(1, rules(memory_bytes=400_000_000)) as pool:
            return await pool.look(SLOW), await pool.look(SMALL)

    look, after = asyncio.run(play())
    assert (look.evidence.fault, look.evidence.note) == (ImageFault.TOO_LARGE, "PNG: decoding takes over 400 MB")
    assert after.evidence.fault is None


def test_a_decoder_that_gives_up_for_want_of_memory_is_too_large() -> None:
    """Rust ends the process where it gets no memory."""
    limits = ImageLimits(pixels=10**9, memory_bytes=500_000_000)
    large = LookRules(limits=limits, thumbnails=ThumbnailRules(widths=(15_000,)))

    async def play() -> tuple[Look, Look]:
        async with Pool(1, large) as pool:
            return await pool.look(svg(attributes='width="15000" height="15000"')), await pool.look(SMALL)

    look, after = asyncio.run(play())
    assert (look.evidence.fault, look.evidence.format) == (ImageFault.TOO_LARGE, "SVG")
    assert after.evidence.fault is None


def test_more_bytes_than_allowed_are_not_sent_to_a_child() -> None:
    async def play() -> tuple[Look, tuple[int, ...]]:
        async with Pool(1, rules(size_bytes=100)) as pool:
            return await pool.look(SMALL), pool.pids

    look, pids = asyncio.run(play())
    assert look.evidence.fault is ImageFault.TOO_LARGE
    assert pids == ()


def test_no_more_children_than_asked_for_and_all_gone_at_the_end() -> None:
    async def play() -> tuple[set[ImageFault | None], tuple[int, ...]]:
        async with Pool(2) as pool:
            looks = await asyncio.gather(*(pool.look(SMALL) for _ in range(20)))
            return {look.evidence.fault for look in looks}, pool.pids

    faults, pids = asyncio.run(play())
    assert (faults, len(pids)) == ({None}, 2)
    assert not any(map(is_alive, pids))


def test_a_cancelled_look_frees_its_place() -> None:
    """Its child is in the middle of something, so it goes too."""

    async def play() -> tuple[Look, int, tuple[int, ...]]:
        async with Pool(1) as pool:
            (pid,) = await started(pool)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await pool.look(SLOW)
            return await pool.look(SMALL), pid, pool.pids

    look, pid, pids = asyncio.run(play())
    assert look.evidence.fault is None
    assert pid not in pids
    assert not any(map(is_alive, (pid, *pids)))


def test_an_error_in_the_block_ends_the_children_that_are_at_work() -> None:
    pids: list[int] = []

    async def play() -> list[Look | BaseException]:
        looks: list[asyncio.Task[Look]] = []
        with suppress(LookupError):
            async with Pool(1) as pool:
                pids.extend(await started(pool))
                looks += [asyncio.create_task(pool.look(SLOW)) for _ in range(4)]
                await asyncio.sleep(0.05)
                raise LookupError
        return await asyncio.gather(*looks, return_exceptions=True)

    _, *behind = asyncio.run(play())
    assert pids
    assert not any(map(is_alive, pids))
    assert {type(look) for look in behind} == {asyncio.CancelledError}


def test_a_child_ignores_ctrl_c() -> None:
    async def play() -> tuple[Look, tuple[int, ...], tuple[int, ...]]:
        async with Pool(1) as pool:
            before = await started(pool)
            os.kill(before[0], signal.SIGINT)
            return await pool.look(SMALL), before, pool.pids

    look, before, after = asyncio.run(play())
    assert (look.evidence.fault, before) == (None, after)


ORPHANING = """
import asyncio, os, signal
from archiver.images.pool import Pool
from tests.pictures import saved, scene

async def main():
    async with Pool(1) as pool:
        await pool.look(saved(scene(), "PNG"))
        print(*pool.pids, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def test_children_end_when_the_main_process_is_killed() -> None:
    done = subprocess.run([sys.executable, "-c", ORPHANING], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    for _ in range(100):
        if not is_alive(int(done.stdout)):
            return
        signal.sigtimedwait((), 0.05)
    pytest.fail("the child outlived the process that started it")


DECODERS = """
import sys
import archiver.images.cautions, archiver.images.placeholders, archiver.images.pool
print(*sorted({"PIL", "resvg_py"} & {name.partition(".")[0] for name in sys.modules}))
"""


def test_the_main_process_imports_no_decoder() -> None:
    done = subprocess.run([sys.executable, "-c", DECODERS], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
