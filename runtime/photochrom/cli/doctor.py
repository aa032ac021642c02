"""``photochrom doctor``: what is installed and whether it works, for a bug report."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from photochrom.cli.complaint import last, redacted
from photochrom.cli.photo import JsonOption
from photochrom.cli.reporting import printable
from photochrom.errors import DeviceError, SomeFailedError, UsageError

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
RUNTIMES = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino")
"""Builds of ONNX Runtime; they overwrite each other's files."""
NOT_TRIED = "not tried"


ReportOption = Annotated[
    bool,
    typer.Option(
        "--report",
        help="Add folders, limits and the last error, without your name: to paste into a report.",
    ),
]


def doctor(json: JsonOption = False, report: ReportOption = False) -> None:
    """Show versions, extras, devices and the model's checksum; exits with 7 if something does not
    work."""
    checks: dict[str, Callable[[], str]] = {
        "libvips": _libvips,
        "extras": _extras,
        "onnx runtime": _runtime,
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
    if report:
        facts = {name: redacted(value) for name, value in {**facts, **_surroundings()}.items()}
    _print(facts, json)
    if failures:
        raise SomeFailedError(f"{', '.join(failures)} did not work; see above")


def _surroundings() -> dict[str, str]:
    """What else a bug report needs."""
    from photochrom.folders import cache_folder, data_folder
    from photochrom.limits import current
    from photochrom.models.store import user_folder

    names = ("PHOTOCHROM_DATA", "PHOTOCHROM_CACHE", "PHOTOCHROM_LIMITS")
    said = [f"{name}={os.environ[name]}" for name in names if name in os.environ]
    try:
        limits = current().to_text()
    except UsageError as error:
        limits = f"FAILED: {error}"
    return {
        "program": sys.executable,
        "package": str(Path(__file__).parents[1]),
        "data folder": str(data_folder()),
        "cache folder": str(cache_folder()),
        "added models": ", ".join(sorted(path.name for path in user_folder().glob("*.onnx")))
        or "none",
        "scratch folder": tempfile.gettempdir(),
        "free there": f"{shutil.disk_usage(tempfile.gettempdir()).free / 1e9:.1f} GB",
        "processors": str(os.cpu_count()),
        "environment": ", ".join(said) or "none",
        "limits": limits,
        "last error": last(),
    }


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


def _extras() -> str:
    """Which of photochrom's optional parts are installed, and which are not."""
    wanted = _requirements()
    installed = [extra for extra, packages in wanted.items() if all(map(_is_installed, packages))]
    missing = [extra for extra in wanted if extra not in installed]
    hint = f"; not installed: {', '.join(missing)} (pip install 'photochrom[NAME]')"
    return (", ".join(installed) or "none") + (hint if missing else "")


def _requirements() -> dict[str, list[str]]:
    """Packages that each extra adds, by extra; builds of ONNX Runtime are no additions."""
    from importlib import metadata

    names = metadata.metadata("photochrom").get_all("Provides-Extra") or []
    found: dict[str, list[str]] = {name: [] for name in sorted(names)}
    for line in metadata.requires("photochrom") or []:
        package, extra = re.match(r"[\w.-]+", line), re.search(r"extra == ['\"]([\w-]+)['\"]", line)
        if package and extra and package[0] != "photochrom":
            found[extra[1]].append(package[0])
    return {name: packages for name, packages in found.items() if set(packages) - set(RUNTIMES)}


def _is_installed(package: str) -> bool:
    from importlib import metadata

    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _runtime() -> str:
    """Which build of ONNX Runtime there is."""
    found = [package for package in RUNTIMES if _is_installed(package)]
    if len(found) > 1:
        raise DeviceError(
            f"{' and '.join(found)} are installed and overwrite each other; uninstall all of them, "
            "then install one"
        )
    from photochrom.providers import onnxruntime

    return f"{onnxruntime().__version__}{f' ({found[0]})' if found else ''}"


def _devices() -> str:
    """Devices that ONNX Runtime was built for, each tried if that takes no preparation."""
    states = dict(_tried())
    said = ", ".join(f"{device} ({state})" for device, state in states.items())
    broken = [device for device, state in states.items() if state not in ("starts", NOT_TRIED)]
    if broken:
        raise DeviceError(said)
    return said


def _tried() -> Iterator[tuple[str, str]]:
    from photochrom.models.names import DEFAULT_MODEL
    from photochrom.models.store import find_model
    from photochrom.providers import AUTOMATIC, available_devices
    from photochrom.session import open_session

    for device in available_devices():
        if device not in AUTOMATIC:
            yield device, NOT_TRIED
            continue
        try:
            open_session(find_model(DEFAULT_MODEL), device)
            yield device, "starts"
        except DeviceError as error:
            yield device, str(error)


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
    return f"works on {colorizer.device}, in {colorizer.session.precision}"


def _print(facts: dict[str, str], as_json: bool) -> None:
    if as_json:
        import json

        typer.echo(json.dumps(facts, indent=2))
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        typer.echo(printable(f"{name:{width}}  {value}"))
