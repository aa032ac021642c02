"""Out of memory: fewer tiles at once, then smaller ones; what worked is remembered."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from photochrom.errors import ModelError, OutOfMemoryError
from photochrom.models.manifest import Manifest
from photochrom.options import Options
from photochrom.session import Session
from photochrom.tiles import limits
from photochrom.tiles.answers import TileModel
from photochrom.tiles.limits import Limit
from photochrom.tiles.refine import refine

Floats = NDArray[np.floating[Any]]
MANIFEST = Manifest("fake", "1", "0" * 64, scale=100.0, native_size=256, multiple=32)


@dataclass
class SmallDevice:
    """Answers with each cell's luminance and its hint, if the batch fits into its memory."""

    pixels: int
    """What fits: tiles times their pixels."""
    device: str = "cuda"
    precision: str = "fp32"
    seen: list[tuple[int, int]] = field(default_factory=list)
    """Batch and side of every run that it was asked for."""
    answered: list[tuple[int, int]] = field(default_factory=list)

    def run(self, inputs: dict[str, Floats], output: str) -> Floats:
        light, hints = inputs["luminance"], inputs["hints"]
        count, _, height, width = light.shape
        assert output == "chroma"
        assert height == width
        self.seen.append((count, width))
        if count * height * width > self.pixels:
            raise OutOfMemoryError("out of memory on cuda; try --device cpu")
        self.answered.append((count, width))
        return np.concatenate((light, hints[:, 1:2]), axis=1)[..., ::2, ::2]


def model(device: SmallDevice, manifest: Manifest = MANIFEST) -> TileModel:
    return TileModel(manifest, cast(Session, device))


def tiles(count: int, side: int = 256) -> tuple[Floats, Floats]:
    """Lightness that no two tiles share, and hints of one colour; one value per 2 x 2 pixels."""
    cells = np.random.default_rng(0).random((count, side // 2, side // 2))
    light = (100 * cells).astype(np.float32).repeat(2, axis=1).repeat(2, axis=2)
    hints = np.full((count, 3, side, side), 0.5, np.float32)
    hints[:, 1] = 20
    return light, hints


def expected(lightness: Floats) -> Floats:
    chroma = lightness[:, None, ::2, ::2]
    return np.concatenate((chroma, np.full_like(chroma, 20)), axis=1)


class TestHalving:
    @pytest.mark.parametrize("fits", [8, 5, 4, 2, 1])
    def test_batches_first(self, fits: int) -> None:
        device = SmallDevice(fits * 256**2)
        light, hints = tiles(8)
        result = model(device).answer(light, hints)
        np.testing.assert_allclose(result, expected(light), rtol=1e-5)
        assert {side for _, side in device.seen} == {256}
        assert max(count for count, _ in device.answered) == 2 ** int(np.log2(fits))

    @pytest.mark.parametrize("side", [128, 64])
    def test_then_the_side_and_colours_stay(self, side: int) -> None:
        """This network looks at single cells, so smaller tiles must give the very same."""
        device = SmallDevice(side**2)
        light, hints = tiles(2)
        result = model(device).answer(light, hints)
        np.testing.assert_allclose(result, expected(light), rtol=1e-4)
        assert set(device.answered) == {(1, side)}

    def test_a_side_stays_divisible(self) -> None:
        manifest = Manifest("fake", "1", "0" * 64, scale=100.0, native_size=224, multiple=32)
        device = SmallDevice(128**2)
        light, hints = tiles(1, 224)
        result = model(device, manifest).answer(light, hints)
        np.testing.assert_allclose(result, expected(light), rtol=1e-4)
        assert set(device.answered) == {(1, 96)}

    def test_when_nothing_fits_the_job_fails(self) -> None:
        device = SmallDevice(63**2)
        with pytest.raises(OutOfMemoryError, match="--device cpu"):
            model(device).answer(*tiles(2))
        assert device.seen[-1] == (1, 64)
        assert limits.path().exists() is False

    def test_other_failures_are_not_tried_again(self) -> None:
        class Broken(SmallDevice):
            def run(self, inputs: dict[str, Floats], output: str) -> Floats:
                super().run(inputs, output)
                raise ModelError("the model failed")

        device = Broken(1 << 30)
        with pytest.raises(ModelError, match="failed"):
            model(device).answer(*tiles(2))
        assert len(device.seen) == 1

    def test_finished_tiles_are_kept(self) -> None:
        """Memory runs out in the middle: no tile that was answered is asked for again."""

        class Filling(SmallDevice):
            def run(self, inputs: dict[str, Floats], output: str) -> Floats:
                if len(self.answered) == 2:
                    self.pixels = 256**2
                return super().run(inputs, output)

        device = Filling(8 * 256**2)
        light = np.full((600, 2000), 50, np.float32)
        result = refine(
            model(device), light, np.zeros((2, 8, 8), np.float32), Options(), lambda _: None
        )
        assert result.shape == (2, 300, 1000)
        assert device.answered[:2] == [(8, 256)] * 2
        assert device.seen[2:5] == [(8, 256), (4, 256), (2, 256)]
        count = len(list(plan_tiles(600, 2000)))
        assert sum(size for size, _ in device.answered[2:]) == count - 16

    def test_every_run_has_one_shape(self) -> None:
        """A provider plans for each shape anew, so the last batch is filled up."""
        device = SmallDevice(1 << 30)
        light = np.full((600, 2000), 50, np.float32)
        refine(model(device), light, np.zeros((2, 8, 8), np.float32), Options(), lambda _: None)
        assert set(device.seen) == {(8, 256)}

    def test_the_processor_takes_one_at_a_time(self) -> None:
        device = SmallDevice(1 << 30, device="cpu")
        model(device).answer(*tiles(3))
        assert device.seen == [(1, 256)] * 3


def plan_tiles(height: int, width: int) -> list[Any]:
    from photochrom.tiles.refine import plan_for

    return plan_for(model(SmallDevice(1)), width, height).tiles()


DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda data: b"",
    "cut": lambda data: data[:-3],
    "a list": lambda data: b"[]",
    "nothing": lambda data: b"null",
    "deep": lambda data: b"[" * 100_000,
    "no number": lambda data: data.replace(b"256", b'"many"'),
    "too large": lambda data: data.replace(b"256", b"100000"),
    "not divisible": lambda data: data.replace(b"256", b"100"),
    "no side": lambda data: data.replace(b"256", b"0"),
    "less than none": lambda data: data.replace(b": 2,", b": -2,"),
    "another key": lambda data: data.replace(b"batch", b"bunch"),
    "no text": lambda data: b"\xff\xfe\x00",
}


class TestRemembering:
    def halved(self, **changes: Any) -> TileModel:
        tiler = model(SmallDevice(2 * 256**2, **changes))
        tiler.answer(*tiles(8))
        return tiler

    def test_the_same_model_asks_for_less_from_then_on(self) -> None:
        device = SmallDevice(2 * 256**2)
        tiler = model(device)
        tiler.answer(*tiles(8))
        device.seen.clear()
        tiler.answer(*tiles(8))
        assert device.seen == [(2, 256)] * 4

    def test_and_so_does_the_next_program(self) -> None:
        self.halved()
        device = SmallDevice(2 * 256**2)
        model(device).answer(*tiles(8))
        assert device.seen == [(2, 256)] * 4

    @pytest.mark.parametrize("other", [{"device": "directml"}, {"precision": "fp16"}])
    def test_but_not_for_another_device_or_precision(self, other: dict[str, Any]) -> None:
        self.halved()
        assert model(SmallDevice(1, **other)).limit == Limit(8, 256)

    def test_and_not_for_other_weights(self) -> None:
        self.halved()
        manifest = Manifest("fake", "1", "1" * 64, scale=100.0, native_size=256)
        assert model(SmallDevice(1), manifest).limit == Limit(8, 256)

    def test_other_limits_stay_in_the_file(self) -> None:
        self.halved()
        self.halved(device="directml")
        assert len(json.loads(limits.path().read_text())) == 2

    @pytest.mark.parametrize("name", DAMAGED)
    def test_a_damaged_file_is_as_none(self, name: str) -> None:
        self.halved()
        limits.path().write_bytes(DAMAGED[name](limits.path().read_bytes()))
        assert model(SmallDevice(1)).limit == Limit(8, 256)
        self.halved()
        assert model(SmallDevice(1)).limit == Limit(2, 256)

    def test_a_folder_that_cannot_be_written_to_stops_nothing(self) -> None:
        limits.path().parent.parent.mkdir(exist_ok=True)
        limits.path().parent.write_text("a file where the folder should be")
        assert self.halved().limit == Limit(2, 256)

    def test_it_lies_in_the_users_cache(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PHOTOCHROM_DATA")
        monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere/cache")
        assert str(limits.path()) == "/somewhere/cache/photochrom/tiles.json"


class TestNote:
    def test_nothing_to_say_when_all_fits(self) -> None:
        tiler = model(SmallDevice(1 << 30))
        tiler.answer(*tiles(8))
        assert tiler.note is None

    def test_says_what_fitted(self) -> None:
        tiler = model(SmallDevice(128**2))
        tiler.answer(*tiles(1))
        assert tiler.note == (
            "for want of memory on cuda, tiles were seen 1 at once, 128 pixels a side"
        )
