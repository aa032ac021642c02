"""Made-up pictures and tiny runs for the trainer's tests."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from lightning_fabric import Fabric
from PIL import Image
from torch import nn

from photochrom_trainer.config import Stage, TrainConfig
from photochrom_trainer.data.pictures import DataConfig

TINY = TrainConfig(
    stages=(Stage(32, 2, (0.0, 1e-3), steps=3), Stage(64, 2, (1e-3, 0.0), steps=3)),
    data=DataConfig(hint_shares={"none": 1, "points": 1}, degradation_chances={"grain": 0.5}),
    save_every=2,
)
"""Six steps in two stages; a checkpoint every second step."""

TINY_TOML = """
save_every = 2
[[stages]]
steps = 2
size = 32
batch = 2
learning_rate = [1e-3, 0.0]
"""


def write_pictures(folder: Path, count: int = 4, size: tuple[int, int] = (80, 64)) -> Path:
    """Write colourful pictures (smooth blobs, width x height) and return their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(0)
    for index in range(count):
        blobs = Image.fromarray(rng.integers(0, 256, (5, 6, 3), np.uint8))
        blobs.resize(size, Image.Resampling.BICUBIC).save(folder / f"{index}.png")
    return folder


def cpu() -> Fabric:
    """Fabric on the CPU in full precision."""
    return Fabric(accelerator="cpu", devices=1, precision="32-true")


def run_main(
    main: Callable[[], None], monkeypatch: pytest.MonkeyPatch, *arguments: str | Path
) -> int:
    """Call a command line's entry point as the shell would; returns its exit code."""
    monkeypatch.setattr("sys.argv", ["program", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    code = stopped.value.code
    assert isinstance(code, int)
    return code


def shake_norms(network: nn.Module) -> None:
    """Batch norms that do something, as after training."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)  # type: ignore[arg-type]
            nn.init.uniform_(module.running_var, 0.5, 1.5)  # type: ignore[arg-type]
            nn.init.uniform_(module.weight, 0.8, 1.2)
