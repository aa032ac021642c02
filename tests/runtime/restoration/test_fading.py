"""Levels, local contrast and tone."""

import numpy as np
import pytest
import pyvips
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from helpers.damage import faded, sepia, stained
from helpers.pictures import Pixels, photograph
from photochrom.color.profile import default_profile
from photochrom.restoration import contrast, levels, tone
from photochrom.restoration.view import View


def view(picture: Pixels) -> View:
    return View.of(pyvips.Image.new_from_array(picture), default_profile())


def applied(apply: object, picture: Pixels) -> Pixels:
    image = pyvips.Image.new_from_array(picture)
    return np.asarray(apply(image).numpy()).reshape(picture.shape)  # type: ignore[operator]


class TestLevels:
    def test_fading_is_undone(self) -> None:
        truth = photograph("camera.png")
        proposal = levels.propose(view(faded(truth)))
        assert proposal.sure > 0.8
        assert np.abs(applied(proposal.apply, faded(truth)).astype(int) - truth).mean() < 8

    def test_a_sound_picture_needs_none(self) -> None:
        assert levels.propose(view(photograph("camera.png"))).sure < 0.5

    def test_a_print_of_one_tone_keeps_it(self) -> None:
        print_ = faded(sepia(photograph("camera.png")))
        points = levels.measure(view(print_))
        assert np.ptp(points, axis=0).max() == pytest.approx(0)

    def test_colors_are_balanced_band_by_band(self) -> None:
        truth = photograph("astronaut.png")
        yellowed = truth * np.array([0.6, 0.5, 0.3]) + np.array([90, 80, 40])
        pale = np.rint(yellowed).astype(np.uint8)
        result = applied(levels.propose(view(pale)).apply, pale)
        assert np.abs(result.astype(int) - truth).mean() < 12

    @settings(max_examples=30, deadline=None)
    @given(low=st.floats(0, 1), high=st.floats(0, 1))
    def test_no_tones_fall_into_one(self, low: float, high: float) -> None:
        points = np.array([[min(low, high), max(low, high)]])
        ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
        image = pyvips.Image.new_from_array(ramp)
        result = levels.stretched(image, points).numpy().ravel().astype(int)
        assert (np.diff(result) >= 0).all()
        assert (result[0], result[-1]) == (0, 65535)

    def test_8_bits_as_16(self) -> None:
        pale = faded(photograph("camera.png"))
        deep = pale.astype(np.uint16) * 257
        results = [applied(levels.propose(view(p)).apply, p) for p in (pale, deep)]
        assert np.abs(results[0] - results[1] / 257).max() <= 1


class TestContrast:
    @settings(max_examples=4, deadline=None)
    @given(arrays(np.uint8, (24, 31), elements=st.integers(0, 255)))
    def test_it_never_clips(self, picture: Pixels) -> None:
        """Every tile's curve rises everywhere, from 0 to 1."""
        curves = contrast.measure(view(picture))
        assert np.diff(curves, axis=-1).min() > 0
        assert np.allclose(curves[..., 0], 0)
        assert np.allclose(curves[..., -1], 1)

    def test_flat_areas_gain_contrast(self) -> None:
        pale = faded(photograph("camera.png"), 100, 150)
        result = applied(contrast.propose(view(pale)).apply, pale)
        assert result.std() > 1.15 * pale.std()
        assert 0 < result.min() < result.max() < 255

    def test_tiles_do_not_show(self) -> None:
        """A ramp stays one: no step is larger than the curves' steepness explains."""
        ramp = np.tile(np.arange(512, dtype=np.uint16)[None] * 128, (400, 1))
        result = applied(contrast.propose(view(ramp)).apply, ramp).astype(int)
        steps = np.abs(np.diff(result, axis=1))
        assert steps.max() < contrast.LIMIT * 128 * 1.5
        assert np.abs(np.diff(result, axis=0)).max() < 200

    def test_8_bits_as_16(self) -> None:
        picture = photograph("coffee.png")
        deep = picture.astype(np.uint16) * 257
        results = [applied(contrast.propose(view(p)).apply, p) for p in (picture, deep)]
        assert np.abs(results[0] - results[1] / 257).max() <= 1.5


class TestTone:
    def test_sepia_becomes_neutral_and_keeps_its_light(self) -> None:
        print_ = sepia(photograph("camera.png"))
        proposal = tone.propose(view(print_))
        assert proposal is not None
        assert proposal.sure > 0.8
        result = applied(proposal.apply, print_)
        assert (result.max(-1) == result.min(-1)).all()
        before, after = view(print_).lab[..., 0], view(result).lab[..., 0]
        assert np.abs(before - after).max() < 0.5

    def test_a_stain_is_lighter_afterwards(self) -> None:
        truth = sepia(photograph("camera.png"))
        dirty = stained(truth, depth=1.5)
        proposal = tone.propose(view(dirty))
        assert proposal is not None
        assert "stains" in proposal.seen
        clean, before = view(truth).lab[..., 0], view(dirty).lab[..., 0]
        after = view(applied(proposal.apply, dirty)).lab[..., 0]
        place = before < clean - 4
        # against the places without a stain, as the whole may become a little lighter or darker
        shift = np.median((after - clean)[~place])
        left = np.abs((after - clean)[place] - shift).mean()
        assert left < 0.5 * np.abs(before - clean)[place].mean()

    @pytest.mark.parametrize("name", ["astronaut.png", "coffee.png", "chelsea.png"])
    def test_colors_are_no_tone(self, name: str) -> None:
        assert tone.propose(view(photograph(name))) is None

    def test_neutral_pictures_need_none(self) -> None:
        grey = np.repeat(photograph("camera.png")[..., None], 3, axis=-1)
        proposal = tone.propose(view(grey))
        assert proposal is not None
        assert proposal.sure == 0
