"""``photochrom video``: colorize films."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photochrom.cli.defaults import DefaultGroup
from photochrom.cli.each import each
from photochrom.cli.hinting import WarmthOption
from photochrom.cli.interrupt import cancel_on_interrupt
from photochrom.cli.photo import DeviceOption, JsonOption, ModelOption
from photochrom.cli.reporting import Reporter, open_reporter
from photochrom.errors import UsageError
from photochrom.models.names import DEFAULT_MODEL
from photochrom.options import Options

if TYPE_CHECKING:
    from photochrom.report import FilmReport
    from photochrom.video.colorizer import FilmColorizer
    from photochrom.video.options import FilmOptions

app = typer.Typer(cls=DefaultGroup)

FilmArgument = Annotated[
    Path,
    typer.Argument(help="A film, or numbered pictures: a folder or scan.####.tif.", metavar="IN"),
]
StrengthOption = Annotated[
    float, typer.Option(help="1: the new colours; 0: grey; or between.", min=0, max=1)
]
SaturationOption = Annotated[float, typer.Option(help="Multiplies the new chroma, 0 to 3.")]
SizeOption = Annotated[
    int | None,
    typer.Option(
        metavar="PIXELS",
        help="Short side at which the model sees the frames, 64 to 1024. Default: the model's own.",
    ),
]
ShotsOption = Annotated[
    Path | None,
    typer.Option(metavar="shots.csv", help="Shots as you edited them (photochrom video shots)."),
]
RateOption = Annotated[
    str | None, typer.Option(metavar="FPS", help="Of numbered pictures: 24 (default), 24000/1001.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Colour a film anew that has colours already.")
]
SalvageOption = Annotated[
    bool, typer.Option("--salvage", help="Take what can be read of a damaged film.")
]
OverwriteOption = Annotated[bool, typer.Option(help="Replace existing outputs.")]


@app.command("colorize", hidden=True)
def colorize(
    source: FilmArgument,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help=".mp4, .mov, .mkv, .webm, or scan.####.tif. Default: NAME.color.EXT beside it.",
        ),
    ] = None,
    codec: Annotated[
        str, typer.Option(metavar="h264|h265|av1|ffv1|prores", help="How the picture is coded.")
    ] = "h264",
    crf: Annotated[
        int | None,
        typer.Option(help="Quality of h264, h265 and av1: lower is better and larger."),
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="The encoder's own name of a speed, as slow, or 6 for av1.")
    ] = None,
    bits: Annotated[
        int | None, typer.Option(metavar="8|10", help="Depth. Default: 8 for h264, else 10.")
    ] = None,
    chroma: Annotated[
        str | None,
        typer.Option(
            metavar="420|422|444", help="Resolution of chroma. Default: the source's, 420 for h264."
        ),
    ] = None,
    hardware: Annotated[
        bool, typer.Option("--hardware", help="Use the graphics card's encoder.")
    ] = False,
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
    strength: StrengthOption = 1.0,
    saturation: SaturationOption = 1.0,
    warmth: WarmthOption = None,
    size: SizeOption = None,
    shots: ShotsOption = None,
    keyframes: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Frames as you corrected them (photochrom video keyframes)."
        ),
    ] = None,
    preview: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Only the beginning of each shot, without sound."),
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Keep finished pieces here, so that a correction makes only its shot again.",
        ),
    ] = None,
    rate: RateOption = None,
    force: ForceOption = False,
    salvage: SalvageOption = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be done.")
    ] = False,
    no_provenance: Annotated[
        bool,
        typer.Option(
            "--no-provenance", help="Don't say in the file that a model coloured the film."
        ),
    ] = False,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
) -> None:
    """Colorize a film: its luma, sound, subtitles, chapters and time stamps stay.

    Killed or cancelled, the same command goes on where it was.

    photochrom video keyframes: frames worth judging, to correct and give back.
    photochrom video shots: the list of shots, to edit and give back.
    """
    from photochrom.video.container.codecs import Encoding
    from photochrom.video.options import FilmOptions

    colors = Options(
        strength=strength,
        saturation=saturation,
        warmth=warmth or 0.0,
        size=size,
        provenance=not no_provenance,
    )
    options = FilmOptions(
        colors=colors,
        encoding=Encoding(codec, crf, preset, bits, chroma, hardware),
        shots=shots,
        keyframes=keyframes,
        preview=preview,
        rate=_rate(rate),
        force=force,
        salvage=salvage,
    )
    target = output or _target(source, options)
    from photochrom.video.colorizer import FilmColorizer

    filming = Filming(FilmColorizer(model, device), options, overwrite, work)
    with open_reporter(json) as reporter:
        if dry_run:
            filming.plan(source, target, reporter)
        else:
            each([(source, target)], reporter, filming.bound(reporter))


@app.command("keyframes")
def keyframes(
    source: FilmArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the frames.")
    ],
    most: Annotated[
        int, typer.Option(metavar="N", help="Frames of each shot, the most different ones.")
    ] = 3,
    at: Annotated[
        list[float] | None,
        typer.Option(metavar="SECONDS", help="Also the frame shown at this time. Repeatable."),
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
    strength: StrengthOption = 1.0,
    saturation: SaturationOption = 1.0,
    warmth: WarmthOption = None,
    size: SizeOption = None,
    shots: ShotsOption = None,
    rate: RateOption = None,
    force: ForceOption = False,
    salvage: SalvageOption = False,
    json: JsonOption = False,
) -> None:
    """Write the frames worth judging as PNG, <stream>_<pts>.png, to paint or grade."""
    from photochrom.video.colorizer import FilmColorizer
    from photochrom.video.options import FilmOptions

    colors = Options(strength=strength, saturation=saturation, warmth=warmth or 0.0, size=size)
    options = FilmOptions(
        colors=colors, shots=shots, rate=_rate(rate), force=force, salvage=salvage
    )
    colorizer = FilmColorizer(model, device)
    with open_reporter(json) as reporter, cancel_on_interrupt() as cancel:
        reporter.start(source)
        paths = colorizer.keyframes(
            source,
            output,
            options,
            most=most,
            times=at or (),
            progress=reporter.progress,
            cancel=cancel,
        )
        reporter.wrote(paths)


@app.command("shots")
def shots(
    source: FilmArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="shots.csv", help="The list to write.")
    ],
    rate: RateOption = None,
    force: ForceOption = False,
    salvage: SalvageOption = False,
    overwrite: OverwriteOption = False,
    json: JsonOption = False,
) -> None:
    """Write the list of shots, start_pts,end_pts,kind, to edit and give back with --shots."""
    from photochrom.files.sink import check_path
    from photochrom.video import colorizer
    from photochrom.video.options import FilmOptions
    from photochrom.video.shots import shotlist

    options = FilmOptions(rate=_rate(rate), force=force, salvage=salvage)
    check_path(source, output, overwrite)
    with open_reporter(json) as reporter, cancel_on_interrupt() as cancel:
        reporter.start(source)
        film = colorizer.look(source, options, progress=reporter.progress, cancel=cancel)
        shotlist.save(output, film.shots)
        reporter.wrote([output])


@dataclass(frozen=True)
class Filming:
    """How a film is coloured."""

    colorizer: FilmColorizer
    options: FilmOptions
    overwrite: bool
    work: Path | None

    def bound(self, reporter: Reporter) -> Any:
        """What `photochrom.cli.each.each` calls."""

        def work(source: Path, target: Path, cancel: threading.Event) -> FilmReport:
            return self.colorizer.colorize_file(
                source,
                target,
                self.options,
                overwrite=self.overwrite,
                work=self.work,
                progress=reporter.progress,
                tell=reporter.frames,
                cancel=cancel,
            )

        return work

    def plan(self, source: Path, target: Path, reporter: Reporter) -> None:
        """Tell what would be done."""
        with cancel_on_interrupt() as cancel:
            reporter.start(source)
            reporter.plan(
                self.colorizer.plan(
                    source, target, self.options, progress=reporter.progress, cancel=cancel
                )
            )


def _rate(said: str | None) -> Fraction | None:
    try:
        return None if said is None else Fraction(said)
    except (ValueError, ZeroDivisionError):
        raise UsageError(f"--rate is frames a second, as 24 or 24000/1001, not {said!r}") from None


def _target(source: Path, options: FilmOptions) -> Path:
    """Beside the source, of its kind if such a file can hold the picture."""
    from photochrom.video.container import sequences
    from photochrom.video.container.codecs import default_ending

    if source.is_dir() or sequences.of_pattern(source):
        folder = (source if source.is_dir() else source.parent).resolve()
        return folder.with_name(f"{folder.name}.color")
    ending = default_ending(source, options.encoding)
    return source.parent / f"{source.stem}.color{ending}"
