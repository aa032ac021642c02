"""Simulated hints keep the model's contract whatever picture and chance they meet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from photochrom.color.arrays import FloatImage
from photochrom_trainer.data.hints import SIMULATORS, draw, recolor, repaint

names = st.sampled_from(sorted(SIMULATORS))
seeds = st.integers(0, 2**32 - 1)
sides = st.integers(32, 96)
GAMUT = 1.0
"""Chroma over the scale stays within this in sRGB."""


def picture(seed: int, height: int, width: int) -> FloatImage:
    rng = np.random.default_rng(seed)
    return rng.uniform(-GAMUT, GAMUT, (2, height, width)).astype(np.float32)


@given(names, seeds, sides, sides)
def test_every_form_keeps_the_contract(name: str, seed: int, height: int, width: int) -> None:
    hints = SIMULATORS[name](picture(seed, height, width), np.random.default_rng(seed))
    assert hints.shape == (3, height, width)
    assert hints.dtype == np.float32
    assert np.isfinite(hints).all()
    assert hints[2].min() >= 0
    assert hints[2].max() <= 1
    assert np.abs(hints[:2]).max() <= 2 * GAMUT


@given(names, seeds)
def test_the_same_chance_gives_the_same_hints(name: str, seed: int) -> None:
    chroma = picture(seed, 48, 64)
    first, second = (SIMULATORS[name](chroma, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(first, second)


@given(names, seeds)
def test_the_truth_is_left_alone(name: str, seed: int) -> None:
    chroma = picture(seed, 48, 64)
    before = chroma.copy()
    SIMULATORS[name](chroma, np.random.default_rng(seed))
    assert np.array_equal(chroma, before)


@given(names, seeds)
def test_nothing_is_told_where_confidence_is_zero(name: str, seed: int) -> None:
    hints = SIMULATORS[name](picture(seed, 64, 64), np.random.default_rng(seed))
    assert not hints[:2, hints[2] == 0].any()


@given(st.sampled_from(["points", "strokes"]), seeds)
def test_sure_marks_tell_the_truth(name: str, seed: int) -> None:
    """On a picture of one colour, a hint of confidence 1 is that colour."""
    chroma = np.full((2, 64, 64), [[[0.3]], [[-0.2]]], np.float32)
    hints = SIMULATORS[name](chroma, np.random.default_rng(seed))
    sure = hints[2] == 1
    np.testing.assert_allclose(hints[:2, sure], chroma[:, sure], atol=1e-6)


def many(name: str, chroma: FloatImage, count: int = 300) -> list[FloatImage]:
    return [SIMULATORS[name](chroma, np.random.default_rng(seed)) for seed in range(count)]


def test_marks_are_few_and_many_sure_and_unsure() -> None:
    chroma = picture(0, 96, 96)
    for name in ("points", "strokes"):
        known = [hints[2] > 0 for hints in many(name, chroma)]
        assert min(where.mean() for where in known) < 0.01
        sure = np.array([(hints[2].max() == 1) for hints in many(name, chroma)])
        assert 0.3 < sure.mean() < 0.9
    assert max((hints[2] > 0).mean() for hints in many("points", chroma)) > 0.2


def test_a_strokes_rim_is_soft_and_its_colour_even() -> None:
    soft = 0
    for hints in many("strokes", picture(0, 96, 96)):
        known = hints[2] > 0
        soft += len(np.unique(hints[2, known])) > 12
        assert len(np.unique(hints[0, known])) <= 6
    assert soft > 200


def test_marks_on_grey_say_that_there_is_no_colour() -> None:
    for name in ("points", "strokes"):
        sure = [hints[:, hints[2] == 1] for hints in many(name, np.zeros((2, 64, 64), np.float32))]
        assert sum(marks.size > 0 for marks in sure) > 100
        assert not any(marks[:2].any() for marks in sure)


def test_a_reference_is_scattered_and_partly_wrong() -> None:
    rows = np.linspace(-0.5, 0.5, 96, dtype=np.float32)
    chroma = np.stack(np.meshgrid(rows, -rows))
    hints = many("reference", chroma)
    shares = [(one[2] > 0).mean() for one in hints]
    assert min(shares) < 0.25
    assert max(shares) > 0.75
    far, near = [], []
    for one in hints:
        error = np.hypot(*(one[:2] - chroma))
        far += one[2, (one[2] > 0) & (error > 0.3)].tolist()
        near += one[2, (one[2] > 0) & (error < 0.1)].tolist()
    assert 0.03 < len(far) / (len(far) + len(near)) < 0.3
    assert np.mean(far) < np.mean(near) - 0.05
    assert max(one[2].max() for one in hints) <= 0.9


@given(seeds)
def test_a_tile_is_told_the_low_pass_at_about_half_confidence(seed: int) -> None:
    confidence = SIMULATORS["low_pass"](picture(seed, 64, 64), np.random.default_rng(seed))[2]
    assert np.ptp(confidence) == 0
    assert 0.3 <= confidence[0, 0] <= 0.7


def test_a_third_of_previous_frames_is_exact_and_says_so() -> None:
    """What a generator needs to learn to carry colours through; the rest must not be believed."""
    chroma = picture(0, 96, 96)
    exact = 0
    for hints in many("previous_frame", chroma):
        known = hints[2] > 0.9 * hints[2].max()
        if hints[2].max() >= 0.9:
            exact += 1
            everywhere = hints[2] > 0
            assert np.array_equal(hints[:2, everywhere], chroma[:, everywhere])
        else:
            assert hints[2].max() <= 0.85
            assert np.abs(hints[:2, known] - chroma[:, known]).mean() > 0.005
    assert 0.25 < exact / 300 < 0.42


def test_stale_frames_are_too_pale_or_too_strong() -> None:
    chroma = np.full((2, 96, 96), 0.4, np.float32)
    stale = [hints for hints in many("previous_frame", chroma) if hints[2].max() < 0.9]
    factors = [hints[:2, hints[2] > 0].mean() / 0.4 for hints in stale]
    assert min(factors) < 0.75
    assert max(factors) > 1.25
    assert np.mean(factors) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("name", ["previous_frame", "keyframe"])
def test_flow_fails_in_places(name: str) -> None:
    known = [hints[2] > 0 for hints in many(name, picture(0, 96, 96))]
    shares = np.array([where.mean() for where in known])
    assert (shares == 1).any()
    assert ((shares > 0.3) & (shares < 0.7)).any()
    assert shares.mean() > 0.6


def test_a_keyframe_has_true_colours_that_drifted_the_farther_the_less_sure() -> None:
    """Chroma is the place itself, so a hint shows where it came from."""
    rows, columns = np.mgrid[:96, :96].astype(np.float32) / 96
    chroma = np.stack((rows, columns))
    drifts, likeness = [], []
    for hints in many("keyframe", chroma, 100):
        known = hints[2] > 0
        drift = np.abs(hints[:2] - chroma).max(axis=0)[known]
        assert drift.max() <= 0.1 + 1 / 96
        assert set(np.unique(hints[0, known])) <= set(np.unique(chroma[0]))
        drifts.append(drift.mean())
        if drift.max() > 0.05:
            likeness.append(np.corrcoef(drift, hints[2, known])[0, 1])
    assert min(drifts) < 0.005
    assert max(drifts) > 0.03
    assert np.mean(likeness) < -0.4


@given(seeds)
def test_low_pass_is_smooth_and_everywhere(seed: int) -> None:
    hints = SIMULATORS["low_pass"](picture(seed, 64, 64), np.random.default_rng(seed))
    assert (hints[2] > 0).all()
    assert np.abs(np.diff(hints[:2], axis=2)).max() < GAMUT


@pytest.mark.parametrize("name", sorted(SIMULATORS))
def test_shares_choose_the_form(name: str) -> None:
    shares = dict.fromkeys(SIMULATORS, 0.0) | {name: 2.0}
    assert draw(shares, np.random.default_rng(1)) == name


@given(seeds)
def test_recolored_pictures_keep_their_chroma_and_differences_of_hue(seed: int) -> None:
    before = picture(seed, 32, 40)
    after = recolor(before, np.random.default_rng(seed))
    first, second = (values[0] + 1j * values[1] for values in (before, after))
    assert np.allclose(np.abs(first), np.abs(second), atol=1e-5)
    assert np.allclose(first * np.conj(first[0, 0]), second * np.conj(second[0, 0]), atol=1e-5)


def test_repainting_changes_everything_or_what_has_one_colour() -> None:
    chroma = np.zeros((2, 64, 64), np.float32)
    chroma[:, :32, :32] = [[[0.5]], [[0.2]]]
    chroma[:, 32:, 32:] = [[[-0.3]], [[0.4]]]
    quarters = {"first": np.s_[:, :32, :32], "last": np.s_[:, 32:, 32:], "grey": np.s_[:, 32:, :32]}
    outcomes = set()
    for seed in range(200):
        after = repaint(chroma, np.random.default_rng(seed))
        changed = {name for name, q in quarters.items() if not np.allclose(after[q], chroma[q])}
        drained = {name for name in changed if np.allclose(after[quarters[name]], 0, atol=1e-6)}
        if changed:  # all 8 places may have been grey ones
            outcomes.add((*sorted(changed), *(f"{name} drained" for name in drained)))
    assert outcomes == {
        ("first", "last"),
        ("first",),
        ("last",),
        ("first", "first drained"),
        ("last", "last drained"),
    }


@given(seeds)
def test_repainting_adds_no_chroma_and_leaves_its_input(seed: int) -> None:
    before = picture(seed, 32, 40)
    kept = before.copy()
    after = repaint(before, np.random.default_rng(seed))
    assert after.dtype == np.float32
    assert after.shape == before.shape
    assert (np.hypot(*after) <= np.hypot(*before) + 1e-5).all()
    assert np.array_equal(before, kept)
