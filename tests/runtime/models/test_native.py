"""Asking a native model: sizes, padding, scales."""

from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from photochrom.errors import ModelError
from photochrom.models import native
from photochrom.models.manifest import Manifest
from photochrom.session import Session

MANIFEST = Manifest("fake", "1", "0" * 64, scale=100.0, native_size=64, multiple=32)

Floats = NDArray[np.floating[Any]]


@dataclass
class FakeSession:
    """Remembers its inputs and answers with each cell's luminance and second hint."""

    seen: dict[str, Floats] = field(default_factory=dict)

    def run(self, inputs: dict[str, Floats], output: str) -> Floats:
        assert output == "chroma"
        self.seen = dict(inputs)
        return np.concatenate((inputs["luminance"], inputs["hints"][:, 1:2]), axis=1)[..., ::2, ::2]


def ask(lightness: Floats, hints: Floats) -> tuple[Floats, dict[str, Floats]]:
    session = FakeSession()
    return native.predict(MANIFEST, cast(Session, session), lightness, hints), session.seen


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
