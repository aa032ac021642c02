"""Pixels on their way between the plug-in and a real worker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import exchange
from exchange import Picture
from photochrom import Colorizer
from photochrom.worker.client import Refused, Worker, own_argv

PICTURES = st.builds(
    Picture,
    st.integers(1, 100_000),
    st.integers(1, 100_000),
    st.integers(1, 4),
    st.sampled_from(["u8", "u16", "float"]),
)
DTYPES: dict[str, type] = {"u8": np.uint8, "u16": np.uint16, "float": np.float32}


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(own_argv()) as one:
        one.hello()
        yield one


@given(PICTURES)
def test_strips_are_all_rows_once(picture: Picture) -> None:
    row = 0
    strips = picture.strips()
    for top, rows in strips:
        assert top == row
        assert rows > 0
        assert rows % exchange.TILE == 0 or top + rows == picture.height
        assert rows * picture.row <= max(exchange.STRIP, exchange.TILE * picture.row)
        row += rows
    assert row == picture.height


@given(st.binary(max_size=20), st.integers(0, 20))
def test_only_whole_pixels_reach_gimp(data: bytes, size: int) -> None:
    if len(data) == size:
        assert exchange.whole(data, size) is data
    else:
        with pytest.raises(ValueError, match="bytes of pixels came"):
            exchange.whole(data, size)


def there_and_back(
    worker: Worker, pixels: np.ndarray[Any, Any], kind: str, hints: Any = None, **said: Any
) -> tuple[np.ndarray[Any, Any], list[float]]:
    """What comes back of a picture, and the progress that was told."""
    height, width, channels = pixels.shape
    picture, told = Picture(width, height, channels, kind), list[float]()
    exchange.begin(worker, picture, None, 60)
    exchange.send(worker, picture, lambda top, n: pixels[top : top + n].tobytes(), told.append, 60)
    if hints is not None:
        exchange.send_hints(worker, picture, lambda top, n: hints[top : top + n].tobytes(), 60)
    shape = height, width, picture.colored.channels
    made: np.ndarray[Any, Any] = np.zeros(shape, pixels.dtype)

    def write(top: int, rows: int, data: bytes) -> None:
        made[top : top + rows] = np.frombuffer(data, made.dtype).reshape(rows, *shape[1:])

    exchange.color(worker, picture, said, write, told.append, 60)
    return made, told


@pytest.mark.parametrize("kind", DTYPES)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_colours_are_those_of_the_library(
    kind: str, channels: int, worker: Worker, toys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "STRIP", 1)  # many strips
    dtype = DTYPES[kind]
    top = 1.0 if kind == "float" else np.iinfo(dtype).max
    ramp = np.linspace(0.1, 0.9, 90) * np.linspace(1, 0.5, 300)[:, None] * top
    pixels: np.ndarray[Any, Any] = np.repeat(ramp[..., None], channels, axis=2).astype(dtype)
    model = str(toys / "corners.onnx")
    made, told = there_and_back(worker, pixels, kind, model=model, device="cpu")
    color = 1 if channels < 3 else 3
    own = Colorizer(model, "cpu").colorize(pixels[..., :color])
    np.testing.assert_array_equal(made[..., :3], own)
    if channels % 2 == 0:
        np.testing.assert_array_equal(made[..., 3], pixels[..., -1])
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)


def test_hints_are_heeded(worker: Worker, toys: Path) -> None:
    pixels = np.full((80, 100, 3), 120, np.uint8)
    hints = np.zeros((80, 100, 4), np.uint8)
    hints[20:60, 30:60] = (200, 20, 20, 255)
    model = str(toys / "warm.onnx")
    with_hints, _ = there_and_back(worker, pixels, "u8", hints, model=model)
    without, _ = there_and_back(worker, pixels, "u8", hints * 0, model=model)
    assert with_hints[40, 45, 0] > without[40, 45, 0] + 30
    own = Colorizer(model, "cpu").colorize(pixels)
    np.testing.assert_array_equal(without, own)


def test_a_refusal_comes_through(worker: Worker) -> None:
    with pytest.raises(Refused, match="unknown model"):
        there_and_back(worker, np.zeros((4, 4, 1), np.uint8), "u8", model="no-such")


def test_a_profile_that_can_be_kept_is(worker: Worker) -> None:
    from helpers.profiles import ADOBE, table_icc

    assert ADOBE.icc is not None
    picture = Picture(4, 4, 3, "u8")
    assert exchange.begin(worker, picture, ADOBE.icc, 60)
    assert not exchange.begin(worker, picture, table_icc(), 60)
    assert not exchange.begin(worker, picture, b"no profile", 60)
    assert not exchange.begin(worker, picture, None, 60)
