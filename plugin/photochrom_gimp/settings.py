"""What a person chose, as the worker is told it. No gi."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OUTPUTS = {
    "lch-layer": ("New layer in LCh Color mode", "The photograph stays, and gives the light"),
    "color-layer": ("New layer", "A layer of the coloured photograph"),
    "in-place": ("The layer itself", "The layer's pixels are replaced"),
}
"""Where the result goes: what people read, by what scripts say."""
DETAILS = {
    "auto": ("Automatic", "As often as is worth it"),
    "0": ("Off", "The picture is looked at once, as a whole"),
    "1": ("1", "And again in tiles at twice the size"),
    "2": ("2", "And at four times the size"),
    "3": ("3", "And at eight times the size"),
}
DEVICES = {
    "auto": ("Automatic", "The fastest that starts"),
    "cpu": ("CPU", "The processor"),
    "cuda": ("CUDA", "NVIDIA"),
    "tensorrt": ("TensorRT", "NVIDIA, after a preparation that takes minutes"),
    "directml": ("DirectML", "Windows"),
    "coreml": ("Core ML", "macOS"),
    "openvino": ("OpenVINO", "Intel"),
}
SLOW = {"tensorrt": 1800.0}
"""Seconds that a device may be silent, where it prepares itself for longer than others."""
STEPS = {
    "dust": "Dust and scratches",
    "negative": "Negative",
    "tone": "Tint",
    "levels": "Levels",
    "contrast": "Faded contrast",
    "grain": "Grain",
}
"""Steps of a restoration: what people read, by name."""


def steps_of(text: str) -> list[str] | None:
    """Steps that a text asks for: ``none``, ``auto`` or names with commas.

    Returns:
        A list; None for what the picture needs.
    """
    if text.strip() == "auto":
        return None
    names = [name.strip() for name in text.split(",")]
    return [name for name in names if name and name != "none"]


def job_of(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """A job for the worker.

    Args:
        chosen: the procedure's arguments by name.
    """
    detail = chosen["detail"]
    settings = {name: float(chosen[name]) for name in ("strength", "saturation", "warmth")}
    options: dict[str, Any] = {
        "settings": {**settings, "detail": None if detail == "auto" else int(detail)}
    }
    steps = steps_of(chosen["restore"] or "none")
    if steps != []:
        options["restore"] = {"steps": steps}
    job: dict[str, Any] = {"options": options, "device": chosen["device"]}
    if (chosen["model"] or "").strip():
        job["model"] = chosen["model"].strip()
    return job


def changes_light(chosen: Mapping[str, Any]) -> bool:
    """Whether the light is to be put right too, which a layer in LCh Color mode would hide."""
    return steps_of(chosen["restore"] or "none") != []
