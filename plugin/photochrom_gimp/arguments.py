"""The procedure's name, words and arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gi.repository import Gimp, GObject

from settings import DETAILS, DEVICES, OUTPUTS

NAME = "photochrom-colorize"
LABEL = "_Colorize..."
MENU = "<Image>/Filters"
BLURB = "Colorize a black-and-white photograph"
HELP = (
    "Gives a layer the colours that a neural network finds plausible; the layer's own light stays "
    "as it is. The network runs in photochrom, a program of its own, which the command `photochrom "
    "gimp install` connects with GIMP. By default the colours come as a new layer in LCh Color "
    "mode over the photograph. Any type, precision and profile of image will do; a gray or indexed "
    "image becomes RGB. With a selection the picture is looked at as a whole, and coloured inside "
    'of it. Strokes on the layer "hints" say which colours things have: alpha is how sure, and '
    "gray means no colour."
)
RW = GObject.ParamFlags.READWRITE
NAMES = ("strength", "saturation", "warmth", "detail", "model", "device", "restore", "output")

SCALES = {
    "strength": ("S_trength", "1: the new colours; 0: the picture's own", 0.0, 1.0, 1.0),
    "saturation": ("S_aturation", "The new colours' chroma times this", 0.0, 3.0, 1.0),
    "warmth": ("_Warmth", "-1: cool; 1: warm", -1.0, 1.0, 0.0),
}
"""What people read, in short and in long; lowest, highest and usual value."""


def add_to(procedure: Gimp.Procedure) -> None:
    """Declare all of them; what the image and its drawables are, GIMP adds itself."""
    procedure.add_choice_argument(
        "output", "O_utput", "Where the colours go", _choice(OUTPUTS), "lch-layer", RW
    )
    procedure.add_layer_argument(
        "hints", "_Hints", "Layer whose strokes say which colours things have", True, RW
    )
    for name, (words, blurb, *range_) in SCALES.items():
        procedure.add_double_argument(name, words, blurb, *range_, RW)
    procedure.add_choice_argument(
        "detail", "_Detail", "How often the picture is looked at again, closer", _choice(DETAILS),
        "auto", RW,
    )  # fmt: skip
    procedure.add_string_argument(
        "restore", "R_estore first",
        "What is put right before: none, auto, or some of dust, negative, tone, levels, contrast, "
        "grain, with commas; it changes the light too", "none", RW,
    )  # fmt: skip
    procedure.add_string_argument(
        "model",
        "_Model",
        "Name of a model, or path of an .onnx file; nothing: the usual one",
        "",
        RW,
    )
    procedure.add_choice_argument(
        "device", "De_vice", "What the network runs on", _choice(DEVICES), "auto", RW
    )


def chosen(config: Gimp.ProcedureConfig) -> dict[str, Any]:
    """Values by name, the layers apart."""
    return {name: config.get_property(name) for name in NAMES}


def _choice(entries: Mapping[str, tuple[str, str]]) -> Gimp.Choice:
    choice = Gimp.Choice.new()
    for number, (name, (words, blurb)) in enumerate(entries.items()):
        choice.add(name, number, words, blurb)
    return choice
