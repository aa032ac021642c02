"""What TensorBoard reads: scalars and picture grids of a run."""

from pathlib import Path
from typing import TYPE_CHECKING

from photochrom.color.arrays import PictureArray
from photochrom_trainer.training.loop import Progress

if TYPE_CHECKING:
    from torch.utils.tensorboard import SummaryWriter

SCALARS_EVERY = 10
"""Steps between two points; TensorBoard shows a thousand of a curve at most."""
FLUSH_SECONDS = 30
"""Longest time until TensorBoard can see what was added."""


class EventFiles:
    """Adds to a run's event files, from the first step that it is given.

    Older files may hold steps from that one on, logged after the checkpoint that the run went on
    from. TensorBoard is told to forget them.

    Args:
        folder: gets the event files.

    Raises:
        OSError: by every method, if they can't be written. The writer doesn't recover from it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._writer: SummaryWriter | None = None

    def add(self, progress: Progress) -> None:
        """Add a step's losses, learning rate and speed; most steps are left out."""
        writer = self._open(progress.step)
        if progress.step % SCALARS_EVERY and progress.step < progress.steps:
            return
        for name, value in progress.losses.items():
            writer.add_scalar(f"loss/{name}", value, progress.step)
        writer.add_scalar("learning_rate", progress.learning_rate, progress.step)
        writer.add_scalar("images_per_second", progress.images_per_second, progress.step)

    def add_pictures(self, sheet: PictureArray, step: int) -> None:
        """Add a grid of pictures, H x W x 3 uint8 sRGB."""
        writer = self._open(step)
        writer.add_image("grey_ours_truth", sheet, step, dataformats="HWC")
        writer.flush()

    def close(self) -> None:
        """Write what is left."""
        if self._writer:
            self._writer.close()

    def _open(self, step: int) -> "SummaryWriter":
        from torch.utils.tensorboard import SummaryWriter  # slow to import

        if self._writer is None:
            self._writer = SummaryWriter(self.folder, purge_step=step, flush_secs=FLUSH_SECONDS)
        return self._writer
