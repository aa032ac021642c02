"""Finding dust and scratches whose truth is known, and leaving sound pictures alone."""

import numpy as np
import pytest

from helpers.damage import Damaged, dusty, grainy, infrared
from helpers.pictures import Pixels, deepened, photograph
from photochrom.color import lab, srgb
from photochrom.restoration import dust


def lightness(picture: Pixels) -> Pixels:
    rgb = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=-1)
    return lab.from_srgb(srgb.to_float(rgb))[..., 0]


def near(mask: Pixels) -> Pixels:
    """A mask with its neighbours: whether a soft rim counts as damage is a matter of taste."""
    padded = np.pad(mask, 1)
    height, width = mask.shape
    return np.any(
        [padded[y : y + height, x : x + width] for y in range(3) for x in range(3)], axis=0
    )


def rates(found: Pixels, truth: Pixels) -> tuple[float, float]:
    """Precision and recall, a pixel of tolerance each."""
    precision = (found & near(near(truth))).sum() / max(found.sum(), 1)
    return float(precision), float((near(found) & truth).sum() / truth.sum())


def damaged(name: str, grain: float = 4.0, **more: object) -> Damaged:
    clean = photograph(name)
    clean = clean if clean.ndim == 2 else np.rint(clean[..., :3].mean(-1)).astype(np.uint8)
    return dusty(grainy(clean, grain), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "precision", "recall"),
    [("camera.png", 0.7, 0.5), ("chelsea.png", 0.9, 0.6), ("moon.png", 0.7, 0.45)],
)
def test_most_of_what_is_found_is_damage(name: str, precision: float, recall: float) -> None:
    what = damaged(name)
    found = dust.find(lightness(what.picture), 3)
    reached = rates(found, what.truth)
    assert reached[0] > precision
    assert reached[1] > recall


def test_specks_on_smooth_ground_are_nearly_all_found() -> None:
    sky = grainy(np.full((300, 300), 120, np.uint8), 4)
    what = dusty(sky, spots=50, scratches=1)
    precision, recall = rates(dust.find(lightness(what.picture), 3), what.truth)
    assert precision > 0.95
    assert recall > 0.85


def test_a_sound_portrait_stays_whole() -> None:
    """Eyes, whiskers and pupils are no dust."""
    assert dust.find(lightness(photograph("chelsea.png")), 3).mean() < 0.002


def test_lawns_are_not_taken_for_dust() -> None:
    assert dust.find(lightness(photograph("grass.png")), 3).mean() < 0.001


def test_dirt_on_a_negative_is_dark() -> None:
    what = dusty(grainy(np.full((200, 200), 140, np.uint8)), 60, 1, tones=(0.0,))
    tones = lightness(what.picture)
    assert rates(dust.find(tones, 3, dark=True), what.truth)[1] > 0.8
    assert dust.find(tones, 3).mean() < 0.002


def test_infrared_finds_nearly_everything_and_nothing_else() -> None:
    what = damaged("astronaut.png", tones=(255.0, 0.0))
    found = dust.find_infrared(infrared(what) / np.float32(255), 3)
    precision, recall = rates(found, what.truth)
    assert precision > 0.9
    assert recall > 0.9


def test_infrared_that_shows_the_picture_is_known_as_silver() -> None:
    tones = lightness(photograph("camera.png"))
    what = damaged("camera.png")
    assert dust.sees_silver(tones * np.float32(2.5), tones)
    assert not dust.sees_silver(infrared(what).astype(np.float32), tones)
    assert not dust.sees_silver(np.ones_like(tones), tones)


def test_16_bits_find_what_8_bits_do() -> None:
    what = damaged("chelsea.png")
    eight = dust.find(lightness(what.picture), 3)
    sixteen = dust.find(lightness(what.picture.astype(np.uint16) * 257), 3)
    assert (eight == sixteen).all()
    noisy = dust.find(lightness(deepened(what.picture)), 3)
    assert (noisy != eight).mean() < 0.002
