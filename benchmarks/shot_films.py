"""Films with known shots, out of moving crops of photographs, for `shots.py`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import skimage
from numpy.random import Generator
from numpy.typing import NDArray

WIDTH, HEIGHT = 256, 144
OWN = (
    "astronaut.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "coins.png",
    "hubble_deep_field.jpg",
    "motorcycle_left.png",
    "rocket.jpg",
)
ENDINGS = {".jpg", ".jpeg", ".png"}
Frame = NDArray[np.uint8]
Plane = NDArray[np.float32]
Way = NDArray[np.float64]
Shot = list[Plane]


@dataclass(frozen=True)
class Boundary:
    """Where one shot goes over into the next: the first frames that may be said to begin it."""

    first: int
    last: int
    """The same for a cut; in a fade or dissolve any frame of it is right."""
    kind: str


@dataclass(frozen=True, eq=False)
class Film:
    """Grey frames, `HEIGHT` x `WIDTH` uint8, and where shots begin (not the first one)."""

    frames: Sequence[Frame]
    boundaries: Sequence[Boundary]


@dataclass(frozen=True)
class Motion:
    """How the camera of a shot moves, in parts of the frame's width."""

    pan: float = 0.004
    """Longest way from frame to frame."""
    zoom: float = 0.002
    """Largest relative change of scale from frame to frame."""
    shake: float = 0.0
    """Standard deviation of each frame's own displacement."""


def read(folder: Path | None, count: int) -> list[Frame]:
    """Grey photographs: scikit-image's own, or `count` of them spread evenly over a folder."""
    if folder is None:
        paths = [Path(skimage.__file__).parent / "data" / name for name in OWN]
    else:
        found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
        paths = found[:: max(1, len(found) // count)][:count]
    return [np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8) for path in paths]


def shot(
    photo: Frame, length: int, motion: Motion, rng: Generator, side: float | None = None
) -> Shot:
    """A camera that glides over a photograph, mirrored beyond its edges; values 0..1.

    With a side, 0 or 1, it sees a smaller part at the left or the right.
    """
    scale = min(photo.shape[1] / WIDTH, photo.shape[0] / HEIGHT)
    scale *= rng.uniform(0.45, 0.9) if side is None else rng.uniform(0.3, 0.45)
    x, y = rng.uniform(0.3, 0.7, 2) if side is None else (0.2 + 0.6 * side, rng.uniform(0.3, 0.7))
    place = np.array([x * photo.shape[1], y * photo.shape[0]])
    angle = rng.uniform(0, 2 * np.pi)
    step = rng.uniform(0.5, 1) * motion.pan * np.array([np.cos(angle), np.sin(angle)])
    growth = 1 + rng.uniform(-1, 1) * motion.zoom
    frames = []
    for _ in range(length):
        seen = place + rng.normal(0, motion.shake, 2) * WIDTH * scale
        frames.append(_crop(photo, seen, scale, step))
        place, scale = place + step * WIDTH * scale, scale * growth
    return frames


def _crop(photo: Frame, place: Way, scale: float, step: Way) -> Plane:
    """What is seen around a place; blurred along the way that is gone while the shutter is open."""
    corner = place - np.array([WIDTH, HEIGHT]) / 2 * scale
    matrix = np.array([[scale, 0, corner[0]], [0, scale, corner[1]]])
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    size = (WIDTH, HEIGHT)
    seen: Any = cv2.warpAffine(photo, matrix, size, flags=flags, borderMode=cv2.BORDER_REFLECT_101)
    wide, high = (max(1, int(abs(part) * WIDTH / 2)) for part in step)
    return cv2.blur(seen, (wide, high)).astype(np.float32) / np.float32(255)


def joined(shots: Sequence[Shot]) -> tuple[list[Plane], list[Boundary]]:
    """Shots one after the other, with cuts."""
    starts = np.cumsum([len(one) for one in shots])[:-1].tolist()
    return [frame for one in shots for frame in one], [Boundary(n, n, "cut") for n in starts]


def overlapped(
    shots: Sequence[Shot], rng: Generator, black: bool
) -> tuple[list[Plane], list[Boundary]]:
    """Shots with dissolves of 8 to 24 frames between them, or fades through black as long."""
    frames, boundaries = list(shots[0]), []
    for one in shots[1:]:
        length = int(rng.integers(8, 25))
        shares = np.arange(1, length + 1, dtype=np.float32) / (length + 1)
        before, after = frames[-length:], one[:length]
        mixed = [
            _mix(a, b, share, black) for a, b, share in zip(before, after, shares, strict=True)
        ]
        first = len(frames) - length
        boundaries.append(Boundary(first, first + length, "fade" if black else "dissolve"))
        frames = [*frames[:-length], *mixed, *one[length:]]
    return frames, boundaries


def _mix(before: Plane, after: Plane, share: float, black: bool) -> Plane:
    if black:
        return before * max(0, 1 - 2.5 * share) + after * max(0, 2.5 * share - 1.5)
    return before * (1 - share) + after * share


def flicker(frames: Sequence[Plane], rng: Generator) -> Iterator[Plane]:
    """Exposure that pumps, as a whole and towards the sides, as hand-cranked film has it."""
    across = np.linspace(-1, 1, WIDTH, dtype=np.float32)
    slow = 0.0
    for frame in frames:
        slow = 0.8 * slow + rng.normal(0, 0.08)
        gain = 1 + slow + rng.normal(0, 0.08) + rng.normal(0, 0.06) * across
        yield np.clip(frame * np.float32(gain) + np.float32(rng.normal(0, 0.02)), 0, 1)


def wear(frames: Sequence[Plane], rng: Generator) -> Iterator[Plane]:
    """Grain, lines that run down the film, specks and hairs."""
    lines = rng.integers(0, WIDTH, 6)
    for frame in frames:
        worn = frame + rng.normal(0, 0.08, frame.shape).astype(np.float32)
        lines = (lines + rng.integers(-2, 3, 6)) % WIDTH
        for x in lines[rng.random(6) < 0.6]:
            worn[:, x] = rng.choice([0.1, 0.9])
        for _ in range(rng.poisson(4)):
            center = int(rng.integers(WIDTH)), int(rng.integers(HEIGHT))
            cv2.circle(worn, center, int(rng.integers(1, 7)), float(rng.choice([0, 1])), -1)
        yield np.clip(worn, 0, 1)


def flashes(frames: Sequence[Plane], rng: Generator) -> Iterator[Plane]:
    """Light of 1 to 3 frames, about every twelfth, that burns out part of the picture or all."""
    left, light = 0, np.float32(0)
    for frame in frames:
        if left == 0 and rng.random() < 1 / 12:
            left, light = int(rng.integers(1, 4)), np.float32(rng.uniform(0.4, 1.2))
        elif left > 0:
            left -= 1
        yield np.clip(frame * (1 + light) + light / 2, 0, 1) if left else frame


def passing(frames: Sequence[Plane], rng: Generator) -> Iterator[Plane]:
    """Somebody walks past close to the camera: something dark, half as wide as the frame."""
    width = WIDTH // 2
    cloth: Any = np.float32(0.15) + rng.normal(0, 0.03, (HEIGHT, width)).astype(np.float32)
    cloth = cv2.GaussianBlur(cloth, (9, 9), 0)
    at, step = -width - 200.0, float(rng.uniform(10, 40))
    for frame in frames:
        at = -width - 200.0 if at > WIDTH + 200 else at + step
        low, high = max(0, int(at)), min(WIDTH, int(at) + width)
        seen = frame.copy()
        if low < high:
            seen[20:, low:high] = cloth[20:, low - int(at) : high - int(at)]
        yield seen


def letterbox(frames: Sequence[Plane], rng: Generator) -> Iterator[Plane]:
    """Black bars above and below."""
    bar = int(rng.integers(HEIGHT // 8, HEIGHT // 5))
    for frame in frames:
        seen = frame.copy()
        seen[:bar] = seen[-bar:] = 0.0
        yield seen


def dark(frames: Sequence[Plane], rng: Generator) -> Iterator[Plane]:
    """Night: a fifth of the light, with a little noise."""
    for frame in frames:
        noise = rng.normal(0, 0.012, frame.shape).astype(np.float32)
        yield np.clip(frame * 0.2 + noise, 0, 1)


def old(frames: Sequence[Plane], rng: Generator) -> Iterator[Plane]:
    """Flicker and wear together."""
    return wear(list(flicker(frames, rng)), rng)


Effect = Callable[[Sequence[Plane], Generator], Iterator[Plane]]


@dataclass(frozen=True)
class Trouble:
    """What makes shots hard to find."""

    motion: Motion = Motion()
    effect: Effect | None = None
    lengths: tuple[int, int] = (30, 60)
    """Of a shot in frames; the second is excluded."""
    join: str = "cut"
    same: bool = False
    """All shots are of one photograph."""
    every: int = 0
    """Each frame of that number is shown twice."""


TROUBLES: dict[str, Trouble] = {
    "calm": Trouble(),
    "same place": Trouble(same=True),
    "fast pan": Trouble(Motion(pan=0.12)),
    "fast zoom": Trouble(Motion(zoom=0.05)),
    "shake": Trouble(Motion(shake=0.03)),
    "passing by": Trouble(effect=passing),
    "flicker": Trouble(effect=flicker),
    "grain, scratches": Trouble(effect=wear),
    "old film": Trouble(Motion(shake=0.008), effect=old),
    "flashes": Trouble(effect=flashes),
    "night": Trouble(effect=dark),
    "letterbox": Trouble(effect=letterbox),
    "frames twice": Trouble(Motion(pan=0.02), every=4),
    "short shots": Trouble(lengths=(5, 12)),
    "single frames": Trouble(lengths=(1, 30)),
    "fades": Trouble(join="fade", lengths=(60, 90)),
    "dissolves": Trouble(join="dissolve", lengths=(60, 90)),
}
"""All troubles by name."""


def make(photos: Sequence[Frame], trouble: Trouble, shots: int, seed: int) -> Film:
    """A film of some shots; neighbours are of different photographs, except in the same place."""
    rng = np.random.default_rng(seed)
    offset = int(rng.integers(len(photos)))
    taken = [0] * shots if trouble.same else range(shots)
    sides = [n % 2 if trouble.same else None for n in range(shots)]
    lengths = _lengths(trouble, shots, rng)
    parts = [
        shot(photos[(offset + n) % len(photos)], length, trouble.motion, rng, side)
        for n, length, side in zip(taken, lengths, sides, strict=True)
    ]
    if trouble.join == "cut":
        frames, boundaries = joined(parts)
    else:
        frames, boundaries = overlapped(parts, rng, black=trouble.join == "fade")
    if trouble.effect:
        frames = list(trouble.effect(frames, rng))
    return _finished(frames, boundaries, trouble.every)


def _lengths(trouble: Trouble, shots: int, rng: Generator) -> list[int]:
    """Of each shot; where they may have one frame, every third has."""
    lengths = rng.integers(max(trouble.lengths[0], 12), max(trouble.lengths[1], 13), shots)
    if trouble.lengths[1] <= 12:
        lengths = rng.integers(*trouble.lengths, shots)
    if trouble.lengths[0] == 1:
        lengths[1::3] = 1
    return [int(length) for length in lengths]


def _finished(frames: Sequence[Plane], boundaries: Sequence[Boundary], every: int) -> Film:
    """In whole numbers, some frames twice."""
    times = [2 if every and n % every == every - 1 else 1 for n in range(len(frames))]
    starts = np.cumsum([0, *times]).tolist()
    coded = [np.rint(frame * 255).astype(np.uint8) for frame in frames]
    shown = [frame for frame, count in zip(coded, times, strict=True) for _ in range(count)]
    moved = [Boundary(starts[one.first], starts[one.last], one.kind) for one in boundaries]
    return Film(shown, moved)
