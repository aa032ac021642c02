"""A run's losses as a picture."""

import math
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from photochrom_trainer.config import TrainConfig
from photochrom_trainer.reports.history import History
from photochrom_trainer.training.schedule import stage_starts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL = (6.0, 2.6)
"""Width and height of one panel, inches."""
DOTS_PER_INCH = 120
MOST_POINTS = 2000
"""Points of a line; more can't be told apart."""
LOG_RATIO = 10
"""A loss whose mean spans more than this is drawn on a logarithmic axis."""
LABEL_SHARE = 0.12
"""Share of the width that a stage needs to bear its label."""
LABELS = {
    "total": "total (weighted sum)",
    "l1": "l1 (chroma / scale)",
    "psnr": "psnr (minus bels)",
}
"""Names of losses with their units; the others have none."""


def loss_plot(history: History, config: TrainConfig) -> bytes:
    """A PNG file: a panel for each loss, every step faintly, and means of several steps over it.

    The last panel is the learning rate. Dashed lines mark where a stage begins.
    """
    from matplotlib.figure import Figure

    count = len(history.losses) + 1
    columns = 1 if count < 4 else 2
    rows = math.ceil(count / columns)
    figure = Figure((PANEL[0] * columns, PANEL[1] * rows), layout="constrained")
    panels = [figure.add_subplot(rows, columns, index + 1) for index in range(count)]
    for panel, (name, values) in zip(panels[:-1], history.losses.items(), strict=True):
        _draw_loss(panel, history.steps, values, config)
        panel.set_ylabel(LABELS.get(name, name))
    panels[0].legend(frameon=False, fontsize="small")
    _draw_line(panels[-1], history.steps, history.learning_rates, color="black")
    panels[-1].set_ylabel("learning rate")
    for index, panel in enumerate(panels):
        _mark_stages(panel, config, history, labelled=index < columns)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return buffer.getvalue()


def _draw_loss(
    panel: "Axes", steps: NDArray[np.int64], values: NDArray[np.float64], config: TrainConfig
) -> None:
    present = np.isfinite(values)
    steps, values = steps[present], values[present]
    reach = max(2, len(values) // 100)
    # No mean reaches over a border of stages, where a loss may jump.
    borders = np.searchsorted(steps, [before for _, before in stage_starts(config)], "right")
    parts = [centred_mean(part, reach) for part in np.split(values, borders)]
    smooth = np.concatenate(parts)
    _draw_line(panel, steps, values, color="tab:blue", alpha=0.3, lw=0.8, label="each step")
    _draw_line(panel, steps, smooth, color="tab:blue", label=f"mean of {2 * reach + 1} steps")
    if len(values) and values.min() > 0 and smooth.max() > LOG_RATIO * smooth.min():
        panel.set_yscale("log")


def centred_mean(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """Each value's mean with `reach` neighbours on both sides, fewer at the ends.

    It has no lag, which the running mean that a bar shows can't avoid.
    """
    sums = np.concatenate(([0.0], values.cumsum()))
    places = np.arange(len(values))
    first, end = np.maximum(places - reach, 0), np.minimum(places + reach + 1, len(values))
    return (sums[end] - sums[first]) / (end - first)


def _draw_line(
    panel: "Axes", steps: NDArray[np.int64], values: NDArray[np.float64], **style: Any
) -> None:
    every = max(1, len(steps) // MOST_POINTS)
    marker = "o" if len(steps) == 1 else ""
    panel.plot(steps[::every], values[::every], marker=marker, **style)


def _mark_stages(panel: "Axes", config: TrainConfig, history: History, labelled: bool) -> None:
    """A dashed line where a stage begins, and over the panel what it trains."""
    first, last = int(history.steps[0]), int(history.steps[-1])
    panel.set(xlabel="step", xlim=(first, max(last, first + 1)))
    panel.spines[["top", "right"]].set_visible(False)
    for number, (stage, before) in enumerate(stage_starts(config), 1):
        begin, end = max(before, first), min(before + stage.steps, last)
        if first < before < last:
            panel.axvline(before + 0.5, color="gray", linestyle="--", linewidth=0.8)
        if labelled and end - begin >= LABEL_SHARE * (last - first):
            label = f"stage {number}"
            where = panel.get_xaxis_transform()  # steps across, shares of the panel upwards
            panel.text(begin, 1.03, label, transform=where, fontsize="small")
