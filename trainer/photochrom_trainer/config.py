"""A training run as data: frozen dataclasses, read from TOML."""

import tomllib
from dataclasses import asdict, dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from photochrom.errors import UsageError
from photochrom_trainer.data.pictures import DataConfig

PRECISIONS = ("32-true", "bf16-mixed", "16-mixed")
"""What Lightning Fabric may compute in; weights are always kept as float32."""


@dataclass(frozen=True)
class Stage:
    """A run of steps with one picture size and batch; the learning rate moves linearly."""

    steps: int
    """Optimizer steps."""
    size: int
    """Side of the training crops in pixels, divisible by 32."""
    batch: int
    """Pictures a step."""
    learning_rate: tuple[float, float]
    """Decoder's learning rate at the first and after the last step."""

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch < 1:
            raise UsageError("a stage needs steps >= 1 and batch >= 1")
        if self.size < 32 or self.size % 32:
            raise UsageError(f"a stage's size must be divisible by 32, not {self.size}")
        if len(self.learning_rate) != 2:
            raise UsageError("a stage's learning_rate is a pair: [first, last]")


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides a run's result, apart from the pictures themselves."""

    stages: tuple[Stage, ...]
    """What is trained, in order."""
    data: DataConfig = field(default_factory=DataConfig)
    """Pictures, hints and degradations."""
    seed: int = 0
    """Seed of weights, crops, hints and degradations."""
    scale: float = 110.0
    """Chroma that the generator's output 1 stands for; 110 holds every a*, b* of sRGB."""
    encoder_rate: float = 0.3
    """Encoder's learning rate over the decoder's: pretrained weights move less."""
    weight_decay: float = 0.01
    """AdamW's decoupled weight decay."""
    clip_norm: float = 1.0
    """Gradients are scaled down to this total norm."""
    ema_decay: float = 0.999
    """Decay of the moving average of weights, which is what gets evaluated and exported; lower in
    the first steps (`photochrom_trainer.training.run.averaging`)."""
    precision: str = "32-true"
    """Lightning Fabric's name: 32-true, bf16-mixed (twice as fast on CPUs with AMX), 16-mixed."""
    save_every: int = 250
    """Steps between checkpoints."""

    def __post_init__(self) -> None:
        if not self.stages:
            raise UsageError("a training configuration needs at least one [[stages]]")
        if self.precision not in PRECISIONS:
            raise UsageError(f"precision is {' or '.join(PRECISIONS)}, not {self.precision!r}")
        if self.save_every < 1:
            raise UsageError(f"save_every must be at least 1, not {self.save_every}")

    @property
    def steps(self) -> int:
        """Steps of all stages together."""
        return sum(stage.steps for stage in self.stages)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for checkpoints and JSON."""
        return asdict(self)


def from_dict(values: dict[str, Any]) -> TrainConfig:
    """Build the configuration from plain values (TOML or a checkpoint).

    Raises:
        UsageError: if a key is unknown, missing or of a value that can't be meant.
    """
    plain = dict(values)
    try:
        stages = tuple(
            Stage(**{**stage, "learning_rate": tuple(stage["learning_rate"])})
            for stage in plain.pop("stages")
        )
        data = dict(plain.pop("data", {}))
        if "crop_scale" in data:
            data["crop_scale"] = tuple(data["crop_scale"])
        return TrainConfig(stages=stages, data=DataConfig(**data), **plain)
    except (TypeError, KeyError) as error:
        raise UsageError(
            f"the training configuration has a wrong or missing key: {error}"
        ) from error


def read_config(name: str) -> TrainConfig:
    """Read a TOML file, or a preset by its name (for example ``laptop``).

    Raises:
        UsageError: if there is no such file or preset, or it can't be meant.
    """
    preset = resources.files("photochrom_trainer") / "presets" / f"{name}.toml"
    source = preset if preset.is_file() else Path(name)
    try:
        return from_dict(tomllib.loads(source.read_text("utf-8")))
    except OSError as error:
        known = ", ".join(preset_names())
        raise UsageError(f"no preset or TOML file {name!r}; presets: {known}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name} is not valid TOML: {error}") from error


def preset_names() -> list[str]:
    """Names of the presets that come with the trainer."""
    folder = resources.files("photochrom_trainer") / "presets"
    return sorted(path.name.removesuffix(".toml") for path in folder.iterdir())
