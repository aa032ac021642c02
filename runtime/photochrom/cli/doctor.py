"""``photochrom doctor``: what is installed and whether it works, for a bug report."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable

import typer

from photochrom.cli.photo import JsonOption
from photochrom.cli.reporting import printable
from photochrom.errors import SomeFailedError

PACKAGES = (
    "photochrom",
    "numpy",
    "onnx",
    "onnxruntime",
    "onnxruntime-gpu",
    "onnxruntime-directml",
    "onnxruntime-openvino",
    "pyvips",
    "pyvips-binary",
    "torch",
)


def doctor(json: JsonOption = False) -> None:
    """Show versions, devices and the model's checksum; exits with 7 if something does not work."""
    checks: dict[str, Callable[[], str]] = {
        "libvips": _libvips,
        "devices": _devices,
        "model": _model,
        "colorizing": _colorizing,
    }
    facts = {"python": sys.version.split()[0], "system": platform.platform(), **_versions()}
    failures = []
    for name, check in checks.items():
        try:
            facts[name] = check()
        except Exception as error:  # whatever it is, a doctor is called because of it
            facts[name] = f"FAILED: {error or type(error).__name__}"
            failures.append(name)
    _print(facts, json)
    if failures:
        raise SomeFailedError(f"{', '.join(failures)} did not work; see above")


def _versions() -> dict[str, str]:
    from importlib import metadata

    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _libvips() -> str:
    import pyvips

    return ".".join(str(pyvips.version(part)) for part in range(3))


def _devices() -> str:
    from photochrom.session import available_devices

    return ", ".join(available_devices())


def _model() -> str:
    from photochrom.models.checksum import verify
    from photochrom.models.names import DEFAULT_MODEL
    from photochrom.models.store import find_model

    manifest = verify(find_model(DEFAULT_MODEL))
    return f"{manifest.name} {manifest.version}, checksum good ({manifest.sha256[:12]})"


def _colorizing() -> str:
    import numpy as np

    from photochrom.colorizer import Colorizer

    colorizer = Colorizer()
    colorizer.colorize(np.full((64, 64), 128, np.uint8))
    return f"works on {colorizer.device}"


def _print(facts: dict[str, str], as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps(facts, indent=2))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        typer.echo(printable(f"{name:{width}}  {value}"))
