"""What tiles do to a picture's chroma: agree, keep hues, listen to points, show no seams."""

from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from photochrom.files.pulling import Watch
from photochrom.models.manifest import Manifest
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import open_model
from photochrom.options import Options, Point
from photochrom.session import Session
from photochrom.tiles import passes
from photochrom.tiles.answers import TileModel
from photochrom.tiles.refine import KEPT, plan_for, refine
from photochrom.working import Working

Floats = NDArray[np.floating[Any]]
MANIFEST = Manifest("fake", "1", "0" * 64, scale=100.0, native_size=64, multiple=32)


@dataclass
class Willful:
    """Answers every tile with a colour of its own, whatever it is told."""

    device: str = "cpu"
    precision: str = "fp32"
    runs: int = 0

    def run(self, inputs: dict[str, Floats], output: str) -> Floats:
        del output
        self.runs += 1
        count, _, height, width = inputs["luminance"].shape
        colors = np.random.default_rng(self.runs).uniform(-1, 1, (count, 2, 1, 1))
        return np.broadcast_to(colors, (count, 2, height // 2, width // 2)).astype(np.float32)


@dataclass
class Obedient(Willful):
    """Answers with its hints, half as strong where they are half sure."""

    def run(self, inputs: dict[str, Floats], output: str) -> Floats:
        del output
        return (inputs["hints"][:, :2] * inputs["hints"][:, 2:])[..., ::2, ::2]


@dataclass
class Light(Willful):
    """Chroma that follows the light of every pixel: all the detail that there is."""

    def run(self, inputs: dict[str, Floats], output: str) -> Floats:
        del output
        return np.concatenate([inputs["luminance"][..., ::2, ::2]] * 2, axis=1)


def tiler(session: Willful) -> TileModel:
    return TileModel(MANIFEST, cast(Session, session))


def refined(session: Willful, light: Floats, before: Floats, *points: Point) -> Floats:
    return refine(tiler(session), light, before, Options(points=points), lambda _: None)


def cells_of(chroma: Floats, side: int = KEPT // 2) -> Floats:
    """Means over squares of a picture whose sides they divide."""
    channels, height, width = chroma.shape
    shape = channels, height // side, side, width // side, side
    return np.asarray(chroma.reshape(shape).mean((2, 4)))


def test_hues_stay_those_of_the_whole_picture() -> None:
    """However wilful tiles are, the mean colour of every larger area is the global pass's."""
    light = np.full((512, 768), 50, np.float32)
    before = np.zeros((2, 32, 48), np.float32) + np.array([10, -20], np.float32)[:, None, None]
    model = TileModel(replace(MANIFEST, native_size=256), cast(Session, Willful()))
    off = np.abs(refine(model, light, before, Options(), lambda _: None) - before[:, :1, :1])
    assert off.mean() < 4  # of the 50 that tiles are off by
    assert cells_of(off).max() < 20


def test_detail_comes_from_the_tiles() -> None:
    stripes = np.tile(np.repeat(np.array([40, 60], np.float32), 4), (256, 48))
    result = refined(Light(), stripes, np.zeros((2, 32, 48), np.float32))
    seen = result[0] - result[0].mean()
    assert np.corrcoef(seen.ravel(), stripes[::2, ::2].ravel())[0, 1] > 0.95
    assert np.abs(cells_of(result)).max() < 3


@pytest.mark.parametrize("size", [(1, 1), (1, 90), (63, 65), (64, 64), (65, 130), (301, 77)])
def test_any_size(size: tuple[int, int]) -> None:
    light = np.full(size, 50, np.float32)
    result = refined(Obedient(), light, np.full((2, 8, 8), 7, np.float32))
    assert result.shape == (2, -(-size[0] // 2), -(-size[1] // 2))
    np.testing.assert_allclose(result, 7, atol=1e-3)


def test_points_come_through_sharp() -> None:
    light, before = np.full((256, 256), 50, np.float32), np.zeros((2, 64, 64), np.float32)
    point = Point(0.25, 0.75, (0, 0, 255))
    moved = np.abs(refined(Obedient(), light, before, point)[1])
    row, column = np.unravel_index(moved.argmax(), moved.shape)
    assert abs(row - 96) <= 3
    assert abs(column - 32) <= 3
    assert moved[:64].max() < 0.5


def test_progress_reaches_one_step_by_step() -> None:
    told: list[float] = []
    light, before = np.full((256, 256), 50, np.float32), np.zeros((2, 64, 64), np.float32)
    refine(tiler(Willful()), light, before, Options(), told.append)
    assert told == sorted(told)
    assert len(told) == len(plan_for(tiler(Willful()), 256, 256).tiles())
    assert told[-1] == 1


def test_the_shipped_model_shows_no_seams() -> None:
    """Steps of chroma across the edges of tiles against steps beside them, on a plain gradient."""
    model = TileModel(*open_model(DEFAULT_MODEL, "cpu"))
    columns, rows = np.meshgrid(np.linspace(0, 1, 512), np.linspace(0, 1, 512))
    light = (35 + 45 * (0.7 * rows + 0.3 * columns)).astype(np.float32)
    chroma = passes.see(Working.of(model, Options(), light), light, [(512, 512)], Watch())
    plan = plan_for(model, 512, 512)
    edges = sorted({side for tile in plan.tiles() for side in (tile.left, tile.left + tile.side)})
    steps = np.abs(np.diff(chroma, axis=2)).mean((0, 1))
    inner = [edge - 1 for edge in edges if 0 < edge < 256]
    assert len(inner) == 3
    near = np.mean([steps[max(edge - 24, 0) : edge + 24].mean() for edge in inner])
    assert steps[inner].mean() <= 1.05 * near + 0.01
    assert np.hypot(*chroma).mean() > 1  # grey all over would have no seams either
