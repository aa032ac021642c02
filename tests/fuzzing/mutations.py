"""Mutations of files, for decoders that no coverage can guide."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

INTERESTING = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
LONGEST = 1 << 17
"""Bytes of a mutated input."""

Chance = random.Random
Mutation = Callable[[bytearray, Chance, Sequence[bytes]], None]


def mutated(seeds: Sequence[bytes], chance: Chance) -> bytes:
    """One of the seeds after one to eight mutations; now and then a seed as it is."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((0, 1, 1, 1, 2, 2, 3, 5, 8))):
        chance.choice(MUTATIONS)(data, chance, seeds)
    return bytes(data[:LONGEST])


def _flip(data: bytearray, chance: Chance, _: Sequence[bytes]) -> None:
    if data:
        data[_near_start(data, chance)] ^= 1 << chance.randrange(8)


def _byte(data: bytearray, chance: Chance, _: Sequence[bytes]) -> None:
    if data:
        data[_near_start(data, chance)] = chance.randrange(256)


def _number(data: bytearray, chance: Chance, _: Sequence[bytes]) -> None:
    """A number at a limit of its width."""
    width = chance.choice((1, 2, 4, 8))
    if len(data) >= width:
        at = min(_near_start(data, chance), len(data) - width)
        number = chance.choice(INTERESTING) & ((1 << 8 * width) - 1)
        data[at : at + width] = number.to_bytes(width, chance.choice(("little", "big")))


def _cut(data: bytearray, chance: Chance, _: Sequence[bytes]) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _drop(data: bytearray, chance: Chance, _: Sequence[bytes]) -> None:
    at = chance.randrange(len(data) + 1)
    del data[at : at + chance.randrange(1, 64)]


def _repeat(data: bytearray, chance: Chance, _: Sequence[bytes]) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = data[at : at + chance.randrange(1, 256)] * chance.randrange(1, 8)


def _splice(data: bytearray, chance: Chance, seeds: Sequence[bytes]) -> None:
    """A part of another seed."""
    other = chance.choice(seeds)
    start = chance.randrange(len(other) + 1)
    at = chance.randrange(len(data) + 1)
    part = other[start : start + chance.randrange(1, 512)]
    data[at : at + chance.choice((0, len(part)))] = part


def _noise(data: bytearray, chance: Chance, _: Sequence[bytes]) -> None:
    at, length = chance.randrange(len(data) + 1), chance.randrange(1, 64)
    data[at : at + length] = chance.randbytes(length)


def _near_start(data: bytearray, chance: Chance) -> int:
    """A place, more often near the start, where headers are."""
    return chance.randrange(min(len(data), chance.choice((32, 256, len(data)))))


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _flip, _byte, _byte, _number, _number, _number, _cut, _drop, _repeat, _splice, _noise,
)  # fmt: skip
