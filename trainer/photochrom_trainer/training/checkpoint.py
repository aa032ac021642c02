"""Checkpoints: everything a run needs to go on exactly, and an exporter to know what it holds."""

import pickle
import subprocess
from pathlib import Path
from typing import Any

import torch

from photochrom.errors import InputError, OutputError
from photochrom.files.whole import whole_file
from photochrom_trainer.config import TrainConfig, from_dict

FORMAT = 2


def save(path: Path, state: dict[str, Any]) -> None:
    """Write a checkpoint whole or not at all.

    Raises:
        OutputError: if it can't be written; an older checkpoint of that name stays as it was.
    """
    try:
        with whole_file(path) as temporary:
            torch.save({"format": FORMAT, "commit": source_commit(), **state}, temporary)
    except RuntimeError as error:  # how PyTorch's writer reports a full disk
        raise OutputError(
            f"can't write the checkpoint {path}: {error}; free some space or choose another folder"
        ) from error


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint; tensors and plain values only, nothing is executed.

    Raises:
        InputError: if it is missing, damaged or of another format.
    """
    try:
        state: object = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, pickle.UnpicklingError, EOFError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path} is not a checkpoint that can be read: {reason}") from error
    if not isinstance(state, dict) or "format" not in state:
        raise InputError(f"{path} is not a checkpoint that can be read: it has no format number")
    if state["format"] != FORMAT:
        raise InputError(
            f"{path} has checkpoint format {state['format']}; this trainer reads {FORMAT}"
        )
    return state


def config_of(state: dict[str, Any]) -> TrainConfig:
    """The configuration that a loaded checkpoint was trained with."""
    return from_dict(state["config"])


def source_commit() -> str:
    """Commit of the checkout this code runs from, or ``unknown`` where there is none."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
