"""Lab against Luv: two runs alike in seed, steps, pictures and hints, scored in one space.

The runs differ only in what a generator's two channels are. The scales are those of
`photochrom.color.spaces.SCALES`, at which every sRGB colour can be said in either. Every score is
of the rendered sRGB picture, or of its L*a*b*.
"""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from photochrom.color.arrays import PictureArray
from photochrom.color.spaces import COLOR_SPACES
from photochrom_trainer.config import TrainConfig
from photochrom_trainer.evaluation import pairs, results, sheets, tables
from photochrom_trainer.evaluation.cross_datasets import Watch
from photochrom_trainer.evaluation.measure import ProgressCallback, Report, colored, evaluate
from photochrom_trainer.evaluation.predictors import Model, from_checkpoint
from photochrom_trainer.evaluation.protocol import grey, predict, random_points, read_truth

if TYPE_CHECKING:
    from lightning_fabric import Fabric

POINTS = (0, 10)


def train_both(
    config: TrainConfig, folder: Path, output: Path, fabric: "Fabric", watch: Watch
) -> None:
    """Train a run in each space; runs that `output` holds already go on where they stopped.

    Args:
        config: of both runs, except for its space.
        folder: colour pictures.
        output: gets a run's folder for each space, in ``runs``.
        fabric: device and precision.
        watch: takes each run's steps.

    Raises:
        InputError, UsageError, OutputError: as `photochrom_trainer.training.loop.Training` does.
    """
    from photochrom_trainer.training.loop import Training

    for space in COLOR_SPACES:
        one = replace(config, color_space=space)
        watch(Training(one, folder, output / "runs" / space, fabric))


def measure_both(
    folder: Path,
    output: Path,
    progress: ProgressCallback | None = None,
    threads: int = 1,
) -> str:
    """Measure what `train_both` trained, without points and with 10, and write the results.

    Args:
        folder: colour pictures that the runs didn't see.
        output: has the runs; gets ``lab-luv.md``, ``.json`` and ``.png``, and both reports.
        progress: told while measuring.
        threads: pictures that are scored at once.

    Returns:
        The tables.

    Raises:
        InputError: if a run or a picture can't be read.
        OutputError: if a file can't be written.
    """
    lab, luv = (
        replace(from_checkpoint(output / "runs" / space / "last.pt"), name=space.capitalize())
        for space in COLOR_SPACES
    )
    first, second = (
        evaluate(model, folder, POINTS, progress=progress, threads=threads) for model in (lab, luv)
    )
    differences = pairs.compare(first, second)
    table = pairs.to_markdown(first, second, differences)
    text = "\n\n".join((tables.to_markdown(first), tables.to_markdown(second), table))
    values = pairs.to_plain(first, second, differences)
    results.write_text(output / "lab-luv.md", text + "\n")
    results.write_text(output / "lab-luv.json", tables.dump(values))
    for name, report in (("lab", first), ("luv", second)):
        results.write_text(output / f"{name}.json", tables.to_json(report))
    results.write_bytes(output / "lab-luv.png", _sheet(lab, luv, first, folder))
    return text


def _sheet(lab: Model, luv: Model, report: Report, folder: Path) -> bytes:
    """A few pictures as grey | Lab | truth | Luv, without points."""
    rows = []
    for place in sheets.spread(len(report.pictures), sheets.ROWS):
        path = folder / report.pictures[place]
        truth = read_truth(path, lab.scale)
        pictures = (grey(truth), _automatic(lab, path), truth.pixels, _automatic(luv, path))
        rows.append((report.pictures[place], pictures))
    return sheets.sheet(["grey", "Lab", "truth", "Luv"], rows)


def _automatic(model: Model, path: Path) -> PictureArray:
    truth = read_truth(path, model.scale, model.color_space)
    (chroma,) = predict(model, [truth], [random_points(truth, 0, 0)])
    return colored(model, truth, chroma)
