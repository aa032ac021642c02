"""A run's report while it goes on and at its end: TensorBoard, sheets, plot and page."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from photochrom.files.whole import whole_file
from photochrom_trainer.config import TrainConfig
from photochrom_trainer.evaluation.predictors import Model
from photochrom_trainer.evaluation.sheets import spread
from photochrom_trainer.reports.event_files import EventFiles
from photochrom_trainer.reports.history import read_history
from photochrom_trainer.reports.page import Facts, write_page
from photochrom_trainer.reports.plots import loss_plot
from photochrom_trainer.reports.run_sheet import run_sheet
from photochrom_trainer.training.loop import Progress

log = logging.getLogger(__name__)

ROWS = 12
"""Pictures on a sheet."""


class RunReport:
    """What a person can look at; a part that fails costs one warning, never the training.

    Everything lands in the run's folder: ``tensorboard/``, ``sheets/step-N.png``, ``losses.png``
    and ``report.html``.

    Args:
        output: the run's folder.
        config: the run's, with epochs counted in steps.
        pictures: colour pictures of which some, spread evenly, are shown in sheets; no sheets
            without them.
    """

    def __init__(self, output: Path, config: TrainConfig, pictures: Sequence[Path] = ()) -> None:
        self.output = output
        self.config = config
        self.pictures = [pictures[place] for place in spread(len(pictures), ROWS)]
        self._speed: float | None = None
        self._events: EventFiles | None = EventFiles(output / "tensorboard")

    def step(self, progress: Progress) -> None:
        """Take note of a step."""
        self._speed = progress.images_per_second
        self._to_tensorboard(lambda events: events.add(progress))

    def look(self, step: int, model: Model) -> None:
        """Let the model of this step colour the pictures: a sheet, and a grid in TensorBoard."""
        if not self.pictures:
            return
        with _spared(f"training goes on without a sheet of step {step}"):
            sheet = run_sheet(model, self.pictures)
            folder = self.output / "sheets"
            folder.mkdir(parents=True, exist_ok=True)
            with whole_file(folder / f"step-{step:06}.png") as file:
                file.write_bytes(sheet)
            pixels = np.asarray(Image.open(BytesIO(sheet)))
            self._to_tensorboard(lambda events: events.add_pictures(pixels, step))

    def finish(self, facts: Facts) -> Path | None:
        """Draw the losses and write the page, at the end of a run or where it was stopped.

        The run must have closed its log. Returns the page, or None if it couldn't be written.
        """
        self._to_tensorboard(lambda events: events.close())
        with _spared("the run has no new report"):
            history = read_history(self.output / "losses.jsonl")
            if len(history.steps):
                with whole_file(self.output / "losses.png") as file:
                    file.write_bytes(loss_plot(history, self.config))
            return write_page(self.output, self.config, history, facts, self._speed)
        return None

    def _to_tensorboard(self, add: Callable[[EventFiles], None]) -> None:
        """Add to the event files, unless that failed before."""
        events, self._events = self._events, None
        if events:
            with _spared("TensorBoard gets no more of this run"):
                add(events)
                self._events = events


@contextmanager
def _spared(lost: str) -> Iterator[None]:
    """Tell of a failure in one line and go on."""
    try:
        yield
    except Exception as error:  # of any kind: a picture is not worth hours of training
        reason = str(error).partition("\n")[0] or type(error).__name__
        log.warning("%s: %s", lost, reason)
