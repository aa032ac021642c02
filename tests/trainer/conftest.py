"""PyTorch on one thread: tiny networks gain nothing from more, and a busy machine loses much."""

from pathlib import Path

import pytest
import torch
from hypothesis import settings

from helpers.training import write_pictures

torch.set_num_threads(1)
settings.register_profile("busy machine", deadline=None)  # a training run may share the cores
settings.load_profile("busy machine")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of colour pictures to train on."""
    return write_pictures(tmp_path / "pictures")
