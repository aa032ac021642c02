"""``photochrom photo``: colorize pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photochrom.cli.each import each
from photochrom.cli.hinting import (
    ConfidenceOption,
    HintsOption,
    NoSidecarOption,
    PointOption,
    ProtectOption,
    ReferenceOption,
    Said,
    SaveSidecarOption,
    VariantOption,
    VariantsOption,
    WarmthOption,
    check_one,
    points_of,
)
from photochrom.cli.making import Making, outputs_for
from photochrom.cli.reporting import open_reporter
from photochrom.errors import UsageError
from photochrom.models.names import DEFAULT_MODEL
from photochrom.options import Delivery
from photochrom.restoration.options import Restoration, parse_steps

if TYPE_CHECKING:
    from photochrom.hints.layer import Layer
    from photochrom.hints.reference import ColorPicture

ModelOption = Annotated[
    str, typer.Option(help="Name of a model (photochrom models list) or path of an .onnx file.")
]
DeviceOption = Annotated[
    str, typer.Option(help="auto, cpu, cuda, directml, coreml, openvino or tensorrt.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Report as JSON, one event a line.")]


def photo(
    sources: Annotated[list[Path], typer.Argument(help="Pictures to colorize.", metavar="IN...")],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="A file for one picture, or a folder. Default: NAME.color.EXT beside it.",
        ),
    ] = None,
    model: ModelOption = DEFAULT_MODEL,
    device: DeviceOption = "auto",
    strength: Annotated[
        float | None,
        typer.Option(help="1: the new colours; 0: the picture's own; or between. Default: 1."),
    ] = None,
    saturation: Annotated[
        float | None, typer.Option(help="Multiplies the new colours' chroma, 0 to 3. Default: 1.")
    ] = None,
    warmth: WarmthOption = None,
    protect: ProtectOption = None,
    point: PointOption = None,
    hints: HintsOption = None,
    reference: ReferenceOption = None,
    no_sidecar: NoSidecarOption = False,
    save_sidecar: SaveSidecarOption = False,
    confidence: ConfidenceOption = None,
    variants: VariantsOption = None,
    variant: VariantOption = None,
    page: Annotated[
        str,
        typer.Option(metavar="N|all", help="Page of a TIFF; all of them need a .tif to go to."),
    ] = "all",
    size: Annotated[
        int | None,
        typer.Option(
            metavar="PIXELS",
            help="Short side at which the model sees the whole picture, 64 to 1024: small sees "
            "wholes, large sees small things. Default: the model's own.",
        ),
    ] = None,
    detail: Annotated[
        str | None,
        typer.Option(
            metavar="auto|0|1|2|3",
            help="How often the picture is looked at again at twice the size, in tiles. "
            "Default: auto.",
        ),
    ] = None,
    restore: Annotated[
        str | None,
        typer.Option(
            metavar="none|auto|LIST",
            help="Put the scan right first: auto does what it surely needs; or some of "
            "dust,negative,tone,levels,contrast,grain.",
        ),
    ] = None,
    bits: Annotated[
        int | None, typer.Option(metavar="8|16", help="Depth of the file. Default: the source's.")
    ] = None,
    long_side: Annotated[
        int | None,
        typer.Option(metavar="PIXELS", help="Make the file's picture smaller, to this long side."),
    ] = None,
    profile: Annotated[
        str,
        typer.Option(metavar="source|srgb", help="Colour profile of the file."),
    ] = "source",
    scratch: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder for what memory can't hold. Default: the system's own."
        ),
    ] = None,
    no_provenance: Annotated[
        bool,
        typer.Option(
            "--no-provenance", help="Don't say in the file that a model coloured the picture."
        ),
    ] = False,
    overwrite: Annotated[bool, typer.Option(help="Replace existing outputs.")] = False,
    json: JsonOption = False,
) -> None:
    """Colorize pictures: JPEG, PNG, TIFF or WebP of 8 or 16 bits, of any size."""
    check_one(sources, hints=hints, confidence=confidence)
    values = {
        "strength": strength,
        "saturation": saturation,
        "warmth": warmth,
        "protect": protect,
        "variant": variant,
        "size": size,
        "points": points_of(point),
        "layer": _layer(hints),
        "reference": _reference(reference, scratch),
        "provenance": not no_provenance,
        "page": _page(page),
        "delivery": Delivery(bits, long_side, profile),
        "restoration": None if restore is None else Restoration(parse_steps(restore)),
    }
    values = {name: value for name, value in values.items() if value is not None}
    if detail is not None:
        values["detail"] = _detail(detail)
    said = Said(values, reads=not no_sidecar, saves=save_sidecar)
    colors = variants is None or variant is not None
    outputs = outputs_for(sources, output, colors, variants is not None, confidence)
    from photochrom.colorizer import Colorizer

    colorizer = Colorizer(model, device)
    with open_reporter(json) as reporter:
        making = Making(colorizer, said, outputs, variants or 0, reporter, overwrite, scratch)
        each(list(zip(sources, outputs, strict=True)), reporter, making.work)


def _page(text: str) -> int | None:
    if text == "all":
        return None
    if not text.isdecimal():
        raise UsageError(f"--page is a number or the word all, not {text!r}")
    return int(text)


def _detail(text: str) -> int | None:
    if text == "auto":
        return None
    if text not in ("0", "1", "2", "3"):
        raise UsageError(f"--detail is auto, 0, 1, 2 or 3, not {text!r}")
    return int(text)


def _layer(path: Path | None) -> Layer | None:
    if path is None:
        return None
    from photochrom.hints import layer

    return layer.read(path)


def _reference(path: Path | None, scratch: Path | None) -> ColorPicture | None:
    if path is None:
        return None
    from photochrom.hints import reference

    return reference.read(path, scratch)
