"""The manifest: what a model file says of itself, in ``metadata_props["photochrom"]``."""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from photochrom.color.spaces import COLOR_SPACES, SCALES, ColorSpace
from photochrom.errors import ModelError

CONTRACT = 1
METADATA_KEY = "photochrom"
KINDS = ("native", "ddcolor", "deoldify", "siggraph17", "eccv16")
"""``native`` is photochrom's own; `photochrom.models.kinds` describes the others."""
VALUES = ("", "imagenet", "bytes", "fractions")
"""How a DeOldify file counts light; empty where a kind leaves no choice."""
LARGEST = 4096
"""Largest side, divisor and scale that is believed; what is beyond was not meant."""


@dataclass(frozen=True)
class Manifest:
    """What the runtime must know of a model before it runs it."""

    name: str
    """Name that people give to ``--model``."""
    version: str
    """Version of these weights."""
    sha256: str
    """Digest of the initializers (`photochrom.models.checksum`)."""
    contract: int = CONTRACT
    """Version of the tensor contract in ARCHITECTURE.md."""
    kind: str = "native"
    """Whose tensors the file has: one of `KINDS`."""
    color_space: ColorSpace = "lab"
    """Chroma channels of hints and output: ``lab`` is a* and b*, ``luv`` is u* and v*."""
    scale: float = SCALES["lab"]
    """Chroma that an output of 1 stands for; at least 176 for ``luv``."""
    native_size: int = 256
    """Short side, in pixels, that the model is used at."""
    multiple: int = 32
    """Input sides must be divisible by this."""
    output_stride: int = 2
    """Input side over output side."""
    tiling: str = "anchored"
    """``anchored``: tiles need the whole picture's chroma as hints; ``whole``: never in tiles."""
    hints: bool = True
    """Whether the network looks at its hints; one that doesn't can be told nothing."""
    precision: str = "fp32"
    """Type that is computed in."""
    weights: str = "fp32"
    """Type that weights are stored in."""
    fp16_compute: bool = False
    """Whether devices may compute it in fp16: somebody measured that it stays within
    `photochrom.models.half.TOLERANCE`."""
    tolerance: dict[str, float] = field(default_factory=lambda: {"max": 0.05, "mean": 0.005})
    """Largest and mean difference from PyTorch, that the export was held to, in units of
    the model's own chroma: a*b* or u*v*."""
    license: str = "unknown"
    """SPDX name, or the terms in words."""
    trained: dict[str, Any] = field(default_factory=dict)
    """Where the weights come from: data, number of pictures, commit."""
    tensors: dict[str, str] = field(default_factory=dict)
    """Other kinds only: the file's name of each tensor of the kind, by role."""
    values: str = ""
    """Other kinds only: one of `VALUES`."""

    def __post_init__(self) -> None:
        for key in ("name", "version", "sha256"):
            value = getattr(self, key)
            if not isinstance(value, str) or not value.isprintable():
                raise ModelError(f"a model's {key} is a line of text, not {value!r}")
        if self.contract != CONTRACT:
            raise ModelError(
                f"model {self.name} follows contract {self.contract!r}, this photochrom reads "
                f"{CONTRACT}; get a model made for this version"
            )
        _check_choice(self.name, "kind", self.kind, KINDS)
        if not isinstance(self.hints, bool):
            raise ModelError(f"model {self.name}: hints is true or false, not {self.hints!r}")
        _check_choice(self.name, "values", self.values, VALUES)
        _check_words(self.name, "tensors", self.tensors)
        _check_choice(self.name, "color_space", self.color_space, COLOR_SPACES)
        if type(self.fp16_compute) is not bool:
            raise ModelError(
                f"model {self.name}: fp16_compute is true or false, not {self.fp16_compute!r}"
            )
        _check_number(self.name, "scale", self.scale, (int, float))
        self._check_reach()
        for key in ("native_size", "multiple", "output_stride"):
            _check_number(self.name, key, getattr(self, key), (int,))
        if self.multiple % self.output_stride:
            raise ModelError(f"model {self.name}: its output_stride does not divide its multiple")

    def _check_reach(self) -> None:
        """Refuse u*v* at the scale of a*b*: it says that some file took the default unasked."""
        least = SCALES["luv"]
        if self.color_space == "luv" and self.scale < least:
            raise ModelError(
                f"model {self.name}: luv needs a scale of at least {least:g}, because u* reaches "
                f"175 in sRGB, not {self.scale:g}; export it again"
            )

    def to_json(self) -> str:
        """One line of JSON for the model file."""
        return json.dumps(asdict(self), sort_keys=True)


def _check_choice(name: str, key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ModelError(
            f"model {name} has {key} {value!r}; this photochrom knows {', '.join(known)}"
        )


def _check_words(name: str, key: str, words: object) -> None:
    if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
        raise ModelError(f"model {name}: {key} are names by role, not {words!r}")


def _check_number(name: str, key: str, value: object, kinds: tuple[type, ...]) -> None:
    if type(value) not in kinds or not 0 < value <= LARGEST:  # type: ignore[operator]
        raise ModelError(
            f"model {name}: {key} lies between 0 and {LARGEST}, not {value!r}; export it again"
        )


def from_metadata(metadata: dict[str, str], where: str) -> Manifest:
    """Read the manifest from a model's metadata; unknown keys are left out.

    Raises:
        ModelError: if there is none, or it is damaged or of another contract.
    """
    text = metadata.get(METADATA_KEY)
    if text is None:
        raise ModelError(
            f"{where} has no photochrom manifest; export it with photochrom-export, or bring in "
            "another program's network with `photochrom models add`"
        )
    known = {item.name for item in fields(Manifest)}
    try:
        values = {key: value for key, value in json.loads(text).items() if key in known}
        return Manifest(**values)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{where} has a damaged manifest ({error}); export it again") from error
