"""Options of ``photochrom photo`` that say what colours are, and where what was said is kept."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photochrom.errors import UsageError
from photochrom.options import Options, Point

if TYPE_CHECKING:
    from photochrom.hints.sidecar import Sidecar
    from photochrom.report import ColorReport

PointOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A colour you know, as X,Y=#RRGGBB; X and Y are fractions of the upright "
        "picture's width and height. Repeatable."
    ),
]
HintsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.png", help="Colours painted on a transparent picture of the same aspect."
    ),
]
ReferenceOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PHOTO",
        help="A colour picture that shows some of the same: its colours are carried over.",
    ),
]
WarmthOption = Annotated[
    float | None, typer.Option(help="-1: cool; 1: warm; or between. Default: 0.")
]
ProtectOption = Annotated[
    float | None,
    typer.Option(help="0 to 1: less colour where the model is unsure. Default: 0."),
]
ConfidenceOption = Annotated[
    Path | None,
    typer.Option(
        metavar="MAP.png", help="Also write where the model is sure (white), at working size."
    ),
]
VariantsOption = Annotated[
    int | None,
    typer.Option(
        metavar="N", help="Only write a sheet of N other colourings, NAME.variants.png, 2 to 16."
    ),
]
VariantOption = Annotated[
    int | None,
    typer.Option(metavar="K", help="The colouring that has this number on such a sheet."),
]
NoSidecarOption = Annotated[
    bool,
    typer.Option("--no-sidecar", help="Leave aside what NAME.EXT.photochrom.json says."),
]
SaveSidecarOption = Annotated[
    bool,
    typer.Option("--save-sidecar", help="Keep points and settings in NAME.EXT.photochrom.json."),
]


@dataclass(frozen=True)
class Said:
    """What the command line says of every picture, beside what each one's sidecar says."""

    values: Mapping[str, Any]
    """Fields of `Options`; None where nothing was said."""
    reads: bool = True
    """Whether sidecars are read."""
    saves: bool = False
    """Whether sidecars are written."""

    def __post_init__(self) -> None:
        if self.saves and not self.reads:
            raise UsageError("--save-sidecar adds to the sidecar; leave out --no-sidecar")
        Options(**self._given)

    def of(self, source: Path) -> Asked:
        """What is asked of one picture.

        Raises:
            InputError: if its sidecar can't be read or says what can't be meant.
        """
        from photochrom.hints import sidecar

        path = sidecar.path_for(source)
        there = self.reads and os.path.isfile(path)  # Path.is_file raises on names too long
        found = sidecar.load(path) if there else sidecar.Sidecar()
        asked = sidecar.options(path, found, **self._given)
        return Asked(asked, found, path, (_words(path, found),) if there else ())

    @property
    def _given(self) -> dict[str, Any]:
        return {name: value for name, value in self.values.items() if value is not None}


@dataclass(frozen=True)
class Asked:
    """What is asked of one picture, and where that came from."""

    options: Options
    sidecar: Sidecar
    path: Path
    """The sidecar's."""
    notes: tuple[str, ...]

    def save(self, report: ColorReport) -> ColorReport:
        """Write the sidecar."""
        from photochrom.hints import sidecar

        sidecar.save(self.path, sidecar.updated(self.sidecar, self.options))
        return replace(report, beside=(*report.beside, self.path))


def points_of(texts: Sequence[str] | None) -> tuple[Point, ...] | None:
    """Points as they are written; None if there are none."""
    return tuple(Point.parse(text) for text in texts) if texts else None


def check_one(sources: Sequence[Path], **files: Path | None) -> None:
    """Refuse options that are about one picture when there are several.

    Raises:
        UsageError: if a file is named for several pictures.
    """
    named = [f"--{name}" for name, path in files.items() if path is not None]
    if len(sources) > 1 and named:
        raise UsageError(f"{named[0]} is about one picture; give the pictures one at a time")


def _words(path: Path, sidecar: Sidecar) -> str:
    counts = {"stroke": len(sidecar.strokes), "point": len(sidecar.points)}
    said = [f"{count} {name}{'s' * (count > 1)}" for name, count in counts.items() if count]
    said += map(str, sidecar.settings)
    said += [name for name in ("restore", "reference") if getattr(sidecar, name) is not None]
    return f"read {path.name}: {', '.join(said) or 'nothing is said there'}"
