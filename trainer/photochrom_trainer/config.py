"""A training run as data: frozen dataclasses, read from TOML."""

import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from photochrom.color.spaces import SCALES, ColorSpace
from photochrom.errors import UsageError
from photochrom_trainer.data.pictures import DataConfig
from photochrom_trainer.losses.weights import LossWeights

PRECISIONS = ("32-true", "bf16-mixed", "16-mixed")
"""What Lightning Fabric may compute in; weights are always kept as float32."""
NETWORKS = ("lite-unet", "lite-classes", "unet256", "unet128")
"""Names in `photochrom_trainer.networks.registry`, here so that reading needs no PyTorch."""
SMALLEST = 32
"""Every stage's size is a multiple of this; a network may ask for more."""


@dataclass(frozen=True)
class Stage:
    """A part of a run with one picture size, batch and loss; the learning rate moves linearly."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    size: int
    """Side of the training crops in pixels, divisible by 32."""
    batch: int
    """Pictures a step, over all processes together."""
    learning_rate: tuple[float, float]
    """Decoder's learning rate at the first and after the last step."""
    steps: int = 0
    """Optimizer steps; or give `epochs`."""
    epochs: float = 0.0
    """Steps in numbers of pictures: an epoch draws as many as there are."""
    losses: LossWeights = field(default_factory=LossWeights)
    """What the generator is trained on; an adversarial weight brings in the discriminator."""

    def __post_init__(self) -> None:
        if (self.steps > 0) == (self.epochs > 0) or min(self.steps, self.epochs) < 0:
            raise UsageError("a stage needs either steps >= 1 or epochs > 0")
        if self.batch < 1:
            raise UsageError(f"a stage's batch must be at least 1, not {self.batch}")
        if self.size < SMALLEST or self.size % SMALLEST:
            raise UsageError(f"a stage's size must be divisible by {SMALLEST}, not {self.size}")


@dataclass(frozen=True)
class DiscriminatorConfig:
    """The PatchGAN, where a stage has an adversarial weight."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    layers: int = 3
    """Strided convolutions: 3 judge patches of 70 x 70 pixels of the generator's output."""
    hints: bool = False
    """Whether it sees the hints too."""
    rate: float = 1.0
    """Its learning rate over the generator's: 1 in pix2pix, 5 in DeOldify's NoGAN."""

    def __post_init__(self) -> None:
        if not 1 <= self.layers <= 5:
            raise UsageError(f"discriminator.layers lies in 1..5, not {self.layers}")
        if self.rate <= 0:
            raise UsageError("discriminator.rate must be above 0")


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a run's result, apart from the pictures themselves."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    stages: tuple[Stage, ...]
    """What is trained, in order."""
    network: str = "lite-unet"
    """``lite-unet`` (hints, pretrained encoder), ``lite-classes`` (the same, choosing among classes
    of colour), ``unet256`` (pix2pix's) or ``unet128``."""
    color_space: ColorSpace = "lab"
    """``lab`` or ``luv``: what the generator's two channels are."""
    data: DataConfig = field(default_factory=DataConfig)
    """Pictures, hints and degradations."""
    discriminator: DiscriminatorConfig = field(default_factory=DiscriminatorConfig)
    """The generator's opponent."""
    seed: int = 0
    """Seed of weights, dropout, crops, hints and degradations."""
    pretrained_rate: float = 0.3
    """Learning rate of pretrained weights over the others': they move less."""
    betas: tuple[float, float] = (0.9, 0.999)
    """AdamW's decay of the gradient's first and second moment."""
    weight_decay: float = 0.01
    """AdamW's decoupled weight decay; with 0 it is Adam."""
    clip_norm: float = 1.0
    """Gradients are scaled down to this total norm."""
    ema_decay: float = 0.999
    """Decay of the moving average of weights, which is what gets evaluated and exported; lower in
    the first steps (`photochrom_trainer.training.schedule.averaging`)."""
    freeze_normalization: bool = False
    """Whether batch norms keep the means and variances that they have."""
    precision: str = "32-true"
    """Lightning Fabric's name: 32-true, bf16-mixed (twice as fast on CPUs with AMX), 16-mixed."""
    save_every: int = 250
    """Steps between checkpoints."""
    look_every: int = 1000
    """Steps between contact sheets."""

    def __post_init__(self) -> None:
        if not self.stages:
            raise UsageError("a training configuration needs at least one [[stages]]")
        _check_choice("network", self.network, NETWORKS)
        _check_choice("color_space", self.color_space, tuple(SCALES))
        _check_choice("precision", self.precision, PRECISIONS)
        if self.network != "lite-classes" and any(stage.losses.classes for stage in self.stages):
            raise UsageError("the loss `classes` needs the network lite-classes")
        if min(self.save_every, self.look_every) < 1:
            raise UsageError("save_every and look_every must be at least 1")

    @property
    def scale(self) -> float:
        """Chroma that the generator's output 1 stands for."""
        return SCALES[self.color_space]

    @property
    def steps(self) -> int:
        """Steps of all stages together, once epochs are counted in steps."""
        return sum(stage.steps for stage in self.stages)

    @property
    def adversarial(self) -> bool:
        """Whether any stage has a discriminator."""
        return any(stage.losses.adversarial > 0 for stage in self.stages)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for checkpoints and JSON."""
        return asdict(self)


def _check_choice(key: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(f"{key} is {' or '.join(known)}, not {value!r}")


def from_dict(values: dict[str, Any]) -> TrainConfig:
    """Build the configuration from plain values (TOML or a checkpoint).

    Raises:
        UsageError: if a key is unknown, missing or of a value that can't be meant.
    """
    try:
        return TypeAdapter(TrainConfig).validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(f"the training configuration's {place}: {first['msg']}") from error


def read_config(name: str, changes: Sequence[str] = ()) -> TrainConfig:
    """Read a TOML file, or a preset by its name (for example ``laptop``).

    Args:
        name: of the preset or file.
        changes: settings that replace the file's, each ``key=value`` with the value in TOML and
            dots in the key for tables: ``color_space="luv"``, ``data.crop_scale=[0.5, 1.0]``.

    Raises:
        UsageError: if there is no such file or preset, or it can't be meant.
    """
    preset = resources.files("photochrom_trainer") / "presets" / f"{name}.toml"
    source = preset if preset.is_file() else Path(name)
    try:
        values = tomllib.loads(source.read_text("utf-8"))
    except OSError as error:
        known = ", ".join(preset_names())
        raise UsageError(f"no preset or TOML file {name!r}; presets: {known}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} is not valid TOML: {error}") from error
    for change in changes:
        values = _changed(values, change)
    return from_dict(values)


def _changed(values: dict[str, Any], change: str) -> dict[str, Any]:
    """Values with one ``key=value`` laid over them, table by table."""
    try:
        return _laid_over(values, tomllib.loads(change))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"--set takes KEY=VALUE with the value as TOML has it (text in quotes), not {change!r}"
        ) from error


def _laid_over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    tables = {
        key: _laid_over(below[key], value)
        for key, value in above.items()
        if isinstance(value, dict) and isinstance(below.get(key), dict)
    }
    return {**below, **above, **tables}


def preset_names() -> list[str]:
    """Names of the presets that come with the trainer."""
    folder = resources.files("photochrom_trainer") / "presets"
    return sorted(path.name.removesuffix(".toml") for path in folder.iterdir())
