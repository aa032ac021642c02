"""Asking a native model: sizes, padding, scales."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from skimage.color.colorconv import rgb2lab, rgb2luv

from photochrom.errors import ModelError
from photochrom.models import native
from photochrom.models.manifest import Manifest
from photochrom.session import Session

MANIFEST = Manifest("fake", "1", "0" * 64, scale=100.0, native_size=64, multiple=32)
LUV = replace(MANIFEST, color_space="luv", scale=200.0)

Floats = NDArray[np.floating[Any]]


@dataclass
class FakeSession:
    """Remembers its inputs and answers with each cell's luminance and second hint."""

    seen: dict[str, Floats] = field(default_factory=dict)

    def run(self, inputs: dict[str, Floats], output: str) -> Floats:
        assert output == "chroma"
        self.seen = dict(inputs)
        return np.concatenate((inputs["luminance"], inputs["hints"][:, 1:2]), axis=1)[..., ::2, ::2]


@dataclass
class Copying:
    """Answers with the hints' chroma, averaged over every 2 x 2 pixels."""

    seen: dict[str, Floats] = field(default_factory=dict)

    def run(self, inputs: dict[str, Floats], output: str) -> Floats:
        self.seen = dict(inputs)
        batch, _, height, width = inputs["hints"].shape
        cells = inputs["hints"][:, :2].reshape(batch, 2, height // 2, 2, width // 2, 2)
        return cells.mean((3, 5))


def ask(
    lightness: Floats,
    hints: Floats,
    manifest: Manifest = MANIFEST,
    session: FakeSession | Copying | None = None,
) -> tuple[Floats, dict[str, Floats]]:
    session = session or FakeSession()
    return native.predict(manifest, cast(Session, session), lightness, hints), session.seen


class TestWorkingSize:
    @pytest.mark.parametrize(
        ("picture", "expected"),
        [
            ((1000, 1000), (256, 256)),
            ((2000, 1000), (512, 256)),
            ((1000, 2000), (256, 512)),
            ((4000, 1000), (1024, 256)),
            ((100, 50), (512, 256)),
            ((40_000, 1000), (1024, 26)),
            ((3, 5000), (1, 1024)),
            ((1, 1), (256, 256)),
        ],
    )
    def test_short_side_and_longest(
        self, picture: tuple[int, int], expected: tuple[int, int]
    ) -> None:
        assert native.working_size(*picture, 256) == expected

    @given(st.integers(1, 300_000), st.integers(1, 300_000))
    def test_bounds(self, width: int, height: int) -> None:
        across, down = native.working_size(width, height, 256)
        assert 1 <= min(across, down) <= 256
        assert max(across, down) <= 4 * 256


class TestPredict:
    def test_tensors(self) -> None:
        lightness = np.linspace(0, 100, 40 * 70, dtype=np.float32).reshape(40, 70)
        hints = np.zeros((3, 40, 70), np.float32)
        hints[:, 5, 6] = [50, -20, 1]
        chroma, seen = ask(lightness, hints)
        assert seen["luminance"].shape == (1, 1, 64, 96)
        assert seen["hints"].shape == (1, 3, 64, 96)
        assert {tensor.dtype for tensor in seen.values()} == {np.dtype(np.float32)}
        np.testing.assert_allclose(seen["luminance"][0, 0, :40, :70], lightness / 100, rtol=1e-6)
        np.testing.assert_allclose(seen["hints"][0, :, 5, 6], [0.5, -0.2, 1])
        assert chroma.shape == (2, 20, 35)
        np.testing.assert_allclose(chroma[0], lightness[::2, ::2], rtol=1e-5)

    def test_padding_is_mirrored(self) -> None:
        lightness = np.random.default_rng(0).random((40, 70)).astype(np.float32) * 100
        _, seen = ask(lightness, np.zeros((3, 40, 70), np.float32))
        padded = seen["luminance"][0, 0] * 100
        np.testing.assert_allclose(padded[40:], padded[39:15:-1], rtol=1e-5)
        np.testing.assert_allclose(padded[:, 70:], padded[:, 69:43:-1], rtol=1e-5)

    @pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 33), (31, 1), (33, 65), (64, 64)])
    def test_any_size(self, height: int, width: int) -> None:
        chroma, seen = ask(np.ones((height, width), np.float32), np.zeros((3, height, width)))
        assert all(side % 32 == 0 for side in seen["luminance"].shape[2:])
        assert chroma.shape == (2, -(-height // 2), -(-width // 2))

    def test_answer_of_the_wrong_size(self) -> None:
        class Wrong(FakeSession):
            def run(self, inputs: dict[str, Floats], output: str) -> Floats:
                return super().run(inputs, output)[..., ::2, :]

        with pytest.raises(ModelError, match="stride"):
            native.predict(
                MANIFEST,
                cast(Session, Wrong()),
                np.ones((32, 32), np.float32),
                np.zeros((3, 32, 32), np.float32),
            )


def blocks(height: int, width: int) -> tuple[Floats, Floats]:
    """Random colours in squares of 2 x 2: L*a*b* and L*u*v*, 3 x H x W each, by scikit-image."""
    colors = np.random.default_rng(0).random((height // 2, width // 2, 3))
    large = colors.repeat(2, axis=0).repeat(2, axis=1)
    lab, luv = (np.moveaxis(convert(large), -1, 0) for convert in (rgb2lab, rgb2luv))
    return lab.astype(np.float32), luv.astype(np.float32)


class TestLuv:
    def test_hints_reach_the_model_as_u_and_v(self) -> None:
        lab, luv = blocks(40, 70)
        _, seen = ask(lab[0], np.concatenate((lab[1:], lab[:1] / 100)), LUV)
        np.testing.assert_allclose(seen["luminance"][0, 0, :40, :70], lab[0] / 100, rtol=1e-6)
        np.testing.assert_allclose(seen["hints"][0, :2, :40, :70], luv[1:] / 200, atol=1e-4)
        np.testing.assert_array_equal(seen["hints"][0, 2, :40, :70], lab[0] / np.float32(100))
        assert {tensor.dtype for tensor in seen.values()} == {np.dtype(np.float32)}

    def test_no_hints_are_zeros(self) -> None:
        lab, _ = blocks(40, 70)
        _, seen = ask(lab[0], np.zeros((3, 40, 70), np.float32), LUV)
        assert not seen["hints"].any()

    def test_hints_copied_are_the_hints(self) -> None:
        lab, _ = blocks(40, 70)
        chroma, _ = ask(lab[0], np.concatenate((lab[1:], np.ones_like(lab[:1]))), LUV, Copying())
        np.testing.assert_allclose(chroma, lab[1:, ::2, ::2], atol=0.02)

    def test_answer_belongs_to_the_mean_light_of_its_cell(self) -> None:
        stripes = np.tile(np.array([20, 80], np.float32), (32, 16))
        hints = np.zeros((3, 32, 32), np.float32)

        class Constant(Copying):
            def run(self, inputs: dict[str, Floats], output: str) -> Floats:
                answer = super().run(inputs, output)
                answer[:, 0], answer[:, 1] = 0.05, -0.1
                return answer

        ours, _ = ask(stripes, hints, LUV, Constant())
        flat, _ = ask(np.full_like(stripes, 50), hints, LUV, Constant())
        np.testing.assert_array_equal(ours, flat)

    @pytest.mark.parametrize("lightness", [0, 1e-6, 1e-3, 0.5, 100])
    def test_black_and_white(self, lightness: float) -> None:
        light = np.full((32, 32), lightness, np.float32)
        hints = np.ones((3, 32, 32), np.float32)
        hints[:2] = np.array([80, 67])[:, None, None]
        chroma, seen = ask(light, hints, LUV, Copying())
        assert np.isfinite(seen["hints"]).all()
        assert np.isfinite(chroma).all()
        assert np.abs(chroma).max() < 3
