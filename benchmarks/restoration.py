"""What restoration reaches on photographs that were damaged on purpose, with known truth.

Run: python benchmarks/restoration.py [--names camera.png ...] [--sheet FILE.jpg]

The photographs come with scikit-image; the damage is that of the tests. Precision and recall are of
pixels, with a pixel of tolerance. PSNR is of the damaged pixels alone.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyvips
from scipy import ndimage

from photochrom.color import lab, srgb
from photochrom.color.profile import default_profile
from photochrom.restoration import dust, levels, negative, repair, tone
from photochrom.restoration.view import View

# the damage is kept beside the tests, which hold its truth
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from helpers import damage
from helpers.pictures import Pixels, photograph

NAMES = ("camera.png", "astronaut.png", "coffee.png", "chelsea.png", "rocket.jpg", "moon.png")
GRAIN = 4.0
MEDIANS = (3, 5, 9)
SIDE = 240


@dataclass(frozen=True)
class Figures:
    """One picture's."""

    precision: float
    recall: float
    infrared_precision: float
    infrared_recall: float
    nothing: float
    median: float
    ours: float
    grain: float
    """Deviation of repaired places over that of the same places before the damage."""
    inverted: float
    """Mean difference of an inverted negative from the truth, in codes of 255, at one exposure."""


def measure(name: str) -> Figures:
    """All figures of one photograph."""
    clean = damage.grainy(grey(name), GRAIN)
    what = damage.dusty(clean)
    reach = dust.half_width(*clean.shape)
    own = rates(dust.find(lightness(what.picture), reach), what.truth)
    seen = dust.find_infrared(damage.infrared(what) / np.float32(255), reach)
    infrared = rates(seen, what.truth)
    repaired = repair.fill(what.picture[..., None], wider(what.truth))[..., 0]
    medians = [ndimage.median_filter(what.picture, side) for side in MEDIANS]
    return Figures(
        *own,
        *infrared,
        psnr(what.picture, clean, what.truth),
        max(psnr(median, clean, what.truth) for median in medians),
        psnr(repaired, clean, what.truth),
        fineness(repaired, what.truth) / fineness(clean, what.truth),
        inversion_error(name),
    )


def grey(name: str) -> Pixels:
    """A photograph in black and white, uint8."""
    picture = photograph(name)
    grey = picture if picture.ndim == 2 else picture[..., :3].mean(-1)
    return np.rint(grey).astype(np.uint8)


def lightness(picture: Pixels) -> Pixels:
    """L* of a grey picture."""
    return lab.from_srgb(srgb.to_float(np.repeat(picture[..., None], 3, axis=-1)))[..., 0]


def wider(mask: Pixels) -> Pixels:
    """A mask and its neighbours."""
    return np.asarray(ndimage.binary_dilation(mask, np.ones((3, 3))))


def rates(found: Pixels, truth: Pixels) -> tuple[float, float]:
    """Precision and recall."""
    precision = (found & wider(wider(truth))).sum() / max(found.sum(), 1)
    return float(precision), float((wider(found) & truth).sum() / truth.sum())


def psnr(picture: Pixels, truth: Pixels, mask: Pixels) -> float:
    """Of the masked pixels of uint8 pictures, in dB."""
    error = (picture[mask].astype(float) - truth[mask]) ** 2
    return float(10 * np.log10(255**2 / error.mean()))


def fineness(picture: Pixels, mask: Pixels) -> float:
    """Median size of what a median filter takes away at masked pixels; edges count little."""
    fine = picture.astype(float) - ndimage.median_filter(picture.astype(float), 5)
    return float(np.median(np.abs(fine[mask])))


def inversion_error(name: str) -> float:
    """A simulated black-and-white negative, inverted, against the photograph.

    A negative does not tell how bright the scene was: the densest place becomes white. So both are
    compared at the same exposure, the positive's light times one factor.
    """
    truth = grey(name)
    image = pyvips.Image.new_from_array(damage.negative(truth))
    proposal = negative.propose(View.of(image, default_profile()))
    edge = max(2, round(0.04 * min(truth.shape)))
    inside = np.s_[edge:-edge, edge:-edge]
    positive = proposal.apply(image).numpy()[..., 1][inside] / 65535
    light, wanted = srgb.decode(positive), srgb.decode(truth[inside] / 255)
    factor = wanted.mean() / light.mean()
    result = srgb.encode(np.clip(light * factor, 0, 1)) * 255
    return float(np.abs(result - truth[inside]).mean())


def report(figures: dict[str, Figures]) -> None:
    """One table."""
    print(
        "| picture | precision | recall | infrared | nothing | median | ours | grain | inverted |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for name, f in figures.items():
        print(
            f"| {name} | {f.precision:.2f} | {f.recall:.2f} "
            f"| {f.infrared_precision:.2f}, {f.infrared_recall:.2f} | {f.nothing:.1f} dB "
            f"| {f.median:.1f} dB | {f.ours:.1f} dB | {f.grain:.2f} | {f.inverted:.1f} |"
        )


def sheet(path: Path) -> None:
    """Before and after of every step, side by side."""
    photographs = photograph("chelsea.png"), photograph("astronaut.png"), photograph("camera.png")
    dirty = damage.dusty(damage.grainy(photographs[0], GRAIN))
    found = dust.find(color_lightness(dirty.picture), 3)
    rows = [(dirty.picture, repair.fill(dirty.picture, found))]
    film = damage.negative(photographs[1], damage.ORANGE_BASE)
    rows.append(pair(film, [negative.propose]))
    stained = damage.stained(damage.sepia(photographs[2]), depth=1.5)
    rows.append(pair(stained, [tone.propose]))
    pale = damage.faded(photographs[1])
    rows.append(pair(pale, [levels.propose]))
    cells = [cell(picture) for row in rows for picture in row]
    laid = pyvips.Image.arrayjoin(cells, across=4, shim=6, background=255)
    path.parent.mkdir(parents=True, exist_ok=True)
    laid.jpegsave(str(path), Q=82, keep="none")


def color_lightness(picture: Pixels) -> Pixels:
    """L* of a colour picture."""
    return lab.from_srgb(srgb.to_float(picture))[..., 0]


def pair(picture: Pixels, steps: list) -> tuple[Pixels, Pixels]:  # type: ignore[type-arg]
    """A picture before and after some steps."""
    image = pyvips.Image.new_from_array(picture)
    for propose in steps:
        proposal = propose(View.of(image, default_profile()))
        image = proposal.apply(image).copy_memory()
    return picture, np.asarray(image.numpy())


def cell(picture: Pixels) -> pyvips.Image:
    """A square of the sheet, 8 bits."""
    shallow = (picture / 257).round().astype(np.uint8) if picture.dtype == np.uint16 else picture
    image = pyvips.Image.new_from_array(np.ascontiguousarray(shallow))
    return image.thumbnail_image(SIDE, height=SIDE, crop="centre")


def main() -> None:
    """Parse, measure, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--names", nargs="+", default=NAMES)
    parser.add_argument("--sheet", type=Path)
    arguments = parser.parse_args()
    report({name: measure(name) for name in arguments.names})
    if arguments.sheet:
        sheet(arguments.sheet)


if __name__ == "__main__":
    main()
