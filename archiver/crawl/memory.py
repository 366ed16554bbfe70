"""What was asked in a run: each exchange is looked at by those who wait for it, and then seldom again."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from itertools import count, islice
from typing import TYPE_CHECKING

import msgspec
from isal import isal_zlib

from archiver.model import Exchange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archiver.plan.follow import Step

_BATCH = 64
"""So many exchanges are packed together: enough for what they share to weigh nothing, few enough to be read again."""
LOOSE = 16_384
"""So many are left as they came, some 60 MB where each is a page read whole: a small run has nothing to pack."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Exchange]).decode


class Exchanges(Mapping["Step", Exchange]):
    """The exchanges of a run, by their steps: all but the last ones packed in an eighth of the room they take."""

    def __init__(self, loose: int = LOOSE) -> None:
        self._loose = loose
        self._fresh: dict[Step, Exchange] = {}
        self._numbers: dict[Step, int] = {}  # in the order of packing
        self._batches: list[bytes] = []
        self._read_last: tuple[int, list[Exchange]] = (-1, [])  # those that come next are often its neighbours

    def __setitem__(self, step: Step, exchange: Exchange) -> None:
        self._fresh[step] = exchange

    def __getitem__(self, step: Step) -> Exchange:
        found = self._fresh.get(step)
        return found or self._unpacked(self._numbers[step])

    def __contains__(self, step: object) -> bool:
        return step in self._fresh or step in self._numbers  # in both where it was asked again

    def __iter__(self) -> Iterator[Step]:
        return iter(self._fresh.keys() | self._numbers.keys())

    def __len__(self) -> int:
        return len(self._fresh.keys() | self._numbers.keys())

    def pack(self) -> None:
        """Pack what nobody waits for any more, but for the last ones."""
        while len(self._fresh) >= self._loose + _BATCH:
            batch = list(islice(self._fresh, _BATCH))
            packed = _encode([self._fresh.pop(step) for step in batch])
            self._numbers |= zip(batch, count(_BATCH * len(self._batches)))
            self._batches.append(isal_zlib.compress(packed, 0))

    def with_own(self, own: Mapping[Step, Exchange]) -> Mapping[Step, Exchange]:
        """Give these with some that one chain has for itself."""
        return ChainMap(dict(own), self)  # type: ignore[arg-type]  # nobody writes to it

    def _unpacked(self, number: int) -> Exchange:
        batch, index = divmod(number, _BATCH)
        if self._read_last[0] != batch:
            self._read_last = (batch, _decode(isal_zlib.decompress(self._batches[batch])))
        return self._read_last[1][index]
