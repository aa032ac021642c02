"""A run on one page: HTML with its pictures inside, so that it opens without a server."""

import base64
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import resources
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from photochrom.files.whole import whole_file
from photochrom_trainer.config import TrainConfig
from photochrom_trainer.data.screening import Screening
from photochrom_trainer.evaluation.sheets import spread
from photochrom_trainer.losses.weights import LossWeights
from photochrom_trainer.reports.history import History
from photochrom_trainer.training.schedule import images_seen, stage_starts

MOST_SHEETS = 8
"""Sheets on the page; of more, the first, the last and some evenly between."""
LOSSES_OVER = 50
"""Steps that the table of losses takes means over, but at most a tenth of all."""
JPEG_QUALITY = 88
"""Of the sheets on the page, without chroma subsampling; the files beside it are lossless."""


@dataclass(frozen=True)
class Facts:
    """What the page says beside what the configuration and the run's folder hold."""

    device: str
    """Where it was computed."""
    commit: str
    """Commit of the trainer's source."""
    command: str
    """The command line that goes on with the run."""
    screening: Screening | None = None
    """What was left out of the folder of pictures; None if nothing was looked for."""
    loading_per_second: float | None = None
    """Pictures a second that the data pipeline gives when no model waits; None if not measured."""


def write_page(
    folder: Path, config: TrainConfig, history: History, facts: Facts, speed: float | None
) -> Path:
    """Write ``report.html`` into a run's folder, from what lies there; whole or not at all.

    Args:
        folder: the run's; pictures are taken from ``losses.png``, ``sheets/`` and ``evaluation/``,
            tables from Markdown files in ``evaluation/``.
        config: the run's, with epochs counted in steps.
        history: the run's log.
        facts: the rest.
        speed: images a second of this session's training; None if it took no step.

    Raises:
        OutputError: if it can't be written.
        OSError: if a picture can't be read.
    """
    content = _content(folder, config, history, facts, speed)
    target = folder / "report.html"
    with whole_file(target) as file:
        # A folder's name may hold bytes that are no UTF-8.
        file.write_bytes(render(content).encode("utf-8", "backslashreplace"))
    return target


def render(content: dict[str, Any]) -> str:
    """Fill the page in; every text is escaped."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = resources.files("photochrom_trainer.reports") / "page.html"
    return environment.from_string(template.read_text("utf-8")).render(content)


def _content(
    folder: Path, config: TrainConfig, history: History, facts: Facts, speed: float | None
) -> dict[str, Any]:
    taken = int(history.steps[-1]) if len(history.steps) else 0
    sheets = _sheets(folder / "sheets", taken)
    shown = spread(len(sheets), MOST_SHEETS)
    evaluation = folder / "evaluation"
    return {
        "name": folder.resolve().name,
        "status": _status(taken, config.steps),
        "written": datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z"),
        "trained": _trained(config, facts),
        "stages": _stages(config, taken),
        "pictures": _pictures(images_seen(config, taken), facts, speed),
        "plot": _as_uri((folder / "losses.png").read_bytes(), "png") if taken else None,
        "losses": _ends(history),
        "sheets": [(step, _as_small_uri(path)) for step, path in (sheets[i] for i in shown)],
        "sheets_left_out": len(sheets) - len(shown),
        "tables": [(name, _table(path)) for name, path in _below(evaluation, "*.md")],
        "figures": [(name, _as_small_uri(path)) for name, path in _below(evaluation, "*.png")],
        "command": facts.command,
        "finished": taken == config.steps,
        "settings": json.dumps(config.to_dict(), indent=2, ensure_ascii=False),
    }


def _status(taken: int, steps: int) -> str:
    return f"Finished: {steps} steps." if taken == steps else f"Stopped at step {taken} of {steps}."


def _trained(config: TrainConfig, facts: Facts) -> list[tuple[str, str]]:
    return [
        ("network", config.network),
        ("colour space", {"lab": "L*a*b*", "luv": "L*u*v*"}[config.color_space]),
        ("chroma that 1 stands for", f"{config.scale:g}"),
        ("seed", str(config.seed)),
        ("precision", config.precision),
        ("device", facts.device),
        ("commit of the trainer", facts.commit),
    ]


def _stages(config: TrainConfig, taken: int) -> list[tuple[str, ...]]:
    """A row for each stage: number, steps, those taken, side, batch, learning rate, losses."""
    return [
        (
            f"{number}",
            f"{stage.steps:,}",
            f"{min(max(taken - before, 0), stage.steps):,}",
            f"{stage.size}",
            f"{stage.batch}",
            "{:g} to {:g}".format(*stage.learning_rate),
            _weights(stage.losses),
        )
        for number, (stage, before) in enumerate(stage_starts(config), 1)
    ]


def _weights(losses: LossWeights) -> str:
    """Every term that counts, with its factor."""
    values = asdict(losses)
    form = values.pop("adversarial_form")
    names = {name: f"{name} ({form})" if name == "adversarial" else name for name in values}
    return ", ".join(f"{value:g} × {names[name]}" for name, value in values.items() if value)


def _pictures(drawn: int, facts: Facts, speed: float | None) -> list[tuple[str, str]]:
    found = facts.screening
    counts = (
        []
        if found is None
        else [
            ("pictures in the folder", found.pictures),
            ("looked at so far", found.seen),
            ("left out, unreadable", found.unreadable),
            ("left out, nearly grey", found.grey),
        ]
    )
    rates = [("with the model", speed), ("of loading alone", facts.loading_per_second)]
    return [
        *((name, f"{count:,}") for name, count in [*counts, ("crops drawn so far", drawn)]),
        *((f"images/s {name}", f"{rate:.1f}") for name, rate in rates if rate),
    ]


def _ends(history: History) -> list[tuple[str, str, str]]:
    """Each loss with its mean over its first and its last steps."""
    rows = []
    for name, values in history.losses.items():
        present = values[np.isfinite(values)]
        over = min(LOSSES_OVER, len(present) // 10 + 1)
        rows.append((name, f"{present[:over].mean():.4f}", f"{present[-over:].mean():.4f}"))
    return rows


def _sheets(folder: Path, taken: int) -> list[tuple[int, Path]]:
    """Sheets in order of their steps; a killed run may have left some that are still to come."""
    found = [(int(path.stem.removeprefix("step-")), path) for path in folder.glob("step-*.png")]
    return sorted((step, path) for step, path in found if step <= taken)


def _below(folder: Path, pattern: str) -> list[tuple[str, Path]]:
    """Files with their paths below a folder, without their endings, as names."""
    paths = sorted(folder.rglob(pattern))
    return [(path.relative_to(folder).with_suffix("").as_posix(), path) for path in paths]


def _table(path: Path) -> str:
    """HTML of a Markdown file's paragraphs and tables; whatever else it holds is shown as text."""
    from markdown_it import MarkdownIt

    return MarkdownIt("zero").enable(["table", "heading"]).render(path.read_text("utf-8"))


def _as_small_uri(path: Path) -> str:
    with Image.open(path) as image:
        buffer = BytesIO()
        image.convert("RGB").save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    return _as_uri(buffer.getvalue(), "jpeg")


def _as_uri(picture: bytes, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
