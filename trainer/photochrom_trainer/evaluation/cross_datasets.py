"""Train on each of several sets of pictures and measure on all: does a model leave its own set?

All sets give as many pictures for training, and as many others for measuring; a run differs from
the next only in its pictures. Which pictures these are is drawn once, by a seed.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from photochrom.errors import InputError, OutputError, UsageError
from photochrom.files.whole import make_folder
from photochrom_trainer.config import TrainConfig
from photochrom_trainer.data.layouts import list_pictures
from photochrom_trainer.evaluation import plots, tables
from photochrom_trainer.evaluation.measure import ProgressCallback, Report, evaluate
from photochrom_trainer.evaluation.predictors import from_checkpoint
from photochrom_trainer.evaluation.protocol import SEED
from photochrom_trainer.evaluation.results import write_bytes, write_text
from photochrom_trainer.evaluation.tables import number

if TYPE_CHECKING:
    from lightning_fabric import Fabric

    from photochrom_trainer.training.loop import Training

Watch: TypeAlias = Callable[["Training"], object]
"""Takes all steps of a run."""
Matrix: TypeAlias = dict[str, dict[str, Report]]
"""Reports by the set trained on, then by the set measured on."""


@dataclass(frozen=True)
class Parts:
    """Pictures of one set."""

    trained: tuple[Path, ...]
    measured: tuple[Path, ...]


def divide(
    corpus: Path, names: Sequence[str], measured: int, trained: int | None = None
) -> dict[str, Parts]:
    """Draw equally many pictures of each set.

    Args:
        corpus: folder with one folder of pictures for each set.
        names: the sets.
        measured: pictures of each set to measure on.
        trained: pictures of each set to train on; by default as many as the smallest set has left.

    Raises:
        InputError: if a set is missing or has too few pictures.
    """
    found = {name: list_pictures(corpus / name) for name in names}
    smallest = min(found, key=lambda name: len(found[name]))
    left = len(found[smallest]) - measured
    count = left if trained is None else trained
    if not 0 < count <= left:
        raise InputError(
            f"{smallest} has {len(found[smallest])} pictures: too few for {measured} to measure on "
            f"and {max(count, 1)} others to train on"
        )
    return {name: _drawn(paths, measured, count) for name, paths in found.items()}


def _drawn(paths: Sequence[Path], measured: int, trained: int) -> Parts:
    order = np.random.default_rng(SEED).permutation(len(paths))[: measured + trained]
    chosen = [paths[place] for place in order]
    return Parts(tuple(sorted(chosen[measured:])), tuple(sorted(chosen[:measured])))


def train_each(
    config: TrainConfig,
    corpus: Path,
    parts: dict[str, Parts],
    output: Path,
    fabric: "Fabric",
    watch: Watch,
) -> None:
    """Train a model on each set; runs that `output` holds already go on where they stopped.

    Args:
        config: of every run.
        corpus: folder that the sets lie in.
        parts: as `divide` gives them.
        output: gets a run's folder for each set, in ``runs``.
        fabric: device and precision.
        watch: takes each run's steps.

    Raises:
        UsageError: if `output` holds runs on other pictures.
        InputError, UsageError, OutputError: as `photochrom_trainer.training.loop.Training` does.
    """
    from photochrom_trainer.training.loop import Training

    _keep_lists(parts, corpus, output / "pictures.json")
    data = replace(config.data, layout="folder", source_weights={})
    for name, part in parts.items():
        pictures = output / "pictures" / name
        link(part.trained, corpus, pictures)
        watch(Training(replace(config, data=data), pictures, output / "runs" / name, fabric))


def _keep_lists(parts: dict[str, Parts], corpus: Path, path: Path) -> None:
    """Write the lists of pictures, or make sure that those of an earlier start are the same."""
    text = tables.dump(_lists(parts, corpus))
    if path.exists() and path.read_text("utf-8") != text:
        raise UsageError(
            f"the runs in {path.parent} were trained on other pictures; choose another folder"
        )
    make_folder(path.parent)
    write_text(path, text)


def measure_each(
    corpus: Path,
    parts: dict[str, Parts],
    output: Path,
    progress: ProgressCallback | None = None,
    threads: int = 1,
) -> Matrix:
    """Measure what `train_each` trained on every set, without points.

    Raises:
        InputError: if a run or a picture can't be read.
    """
    found: Matrix = {}
    for trained in parts:
        model = replace(from_checkpoint(output / "runs" / trained / "last.pt"), name=trained)
        found[trained] = {}
        for measured, part in parts.items():
            found[trained][measured] = evaluate(
                model, corpus, (0,), paths=part.measured, threads=threads
            )
            if progress:
                progress(sum(map(len, found.values())), len(parts) ** 2)
    return found


def link(paths: Sequence[Path], corpus: Path, folder: Path) -> None:
    """Make a folder that holds just these pictures of a corpus, as links or, failing that, copies.

    Raises:
        OutputError: if it can't be made.
    """
    try:
        shutil.rmtree(folder, ignore_errors=True)
        for path in paths:
            target = folder / path.relative_to(corpus)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                target.symlink_to(path.resolve())
            except OSError:  # Windows without the right to make links
                shutil.copyfile(path, target)
    except OSError as error:
        raise OutputError(f"can't fill the folder {folder}: {error.strerror}") from error


def to_markdown(parts: dict[str, Parts], found: Matrix) -> str:
    """The matrix as Markdown tables, one for each measure."""
    one = next(iter(parts.values()))
    lines = [
        f"Rows: trained on {len(one.trained)} pictures of a set. Columns: measured on "
        f"{len(one.measured)} others of a set, without points. In brackets: 95 % bootstrap "
        "intervals, pictures resampled."
    ]
    for title, key, digits, factor in (
        ("gain over grey (dB)", "gain", 2, 1),
        ("ΔE2000", "delta_e", 2, 1),
        ("ΔCF", "delta_cf", 1, 1),
        ("KID × 1000", "kid", 2, 1000),
    ):
        rows = [
            [trained]
            + [number(getattr(report.rows[0], key), digits, factor) for report in reports.values()]
            for trained, reports in found.items()
        ]
        lines.append(tables.table([title, *parts], rows))
    return "\n\n".join(lines)


def write(
    config: TrainConfig,
    parts: dict[str, Parts],
    corpus: Path,
    found: Matrix,
    output: Path,
) -> None:
    """Write the matrix as JSON, Markdown and a plot of the gains.

    Raises:
        OutputError: if a file can't be written.
    """
    make_folder(output)
    write_text(output / "cross-datasets.md", to_markdown(parts, found) + "\n")
    write_text(output / "cross-datasets.json", tables.dump(_plain(config, parts, corpus, found)))
    gains = [[report.rows[0].gain for report in row.values()] for row in found.values()]
    plot = plots.matrix(
        [[gain.value for gain in row] for row in gains],
        list(parts),
        [[f"{gain.value:+.2f}\n{gain.low:+.2f} to {gain.high:+.2f}" for gain in r] for r in gains],
        "gain over grey (dB)",
    )
    write_bytes(output / "cross-datasets.png", plot)


def _plain(
    config: TrainConfig, parts: dict[str, Parts], corpus: Path, found: Matrix
) -> dict[str, Any]:
    return {
        "config": config.to_dict(),
        "seed": SEED,
        "pictures": _lists(parts, corpus),
        "reports": {
            trained: {measured: asdict(report) for measured, report in row.items()}
            for trained, row in found.items()
        },
    }


def _lists(parts: dict[str, Parts], corpus: Path) -> dict[str, dict[str, list[str]]]:
    return {
        name: {
            key: [path.relative_to(corpus).as_posix() for path in paths]
            for key, paths in (("trained", part.trained), ("measured", part.measured))
        }
        for name, part in parts.items()
    }
