"""What the drivers that run inside of GIMP's own Python share. Standard library and gi only."""

import gc
import hashlib
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import gi

gi.require_version("Gegl", "0.4")
gi.require_version("Gimp", "3.0")
from gi.repository import Gegl, Gimp, Gio

HERE = Path("/t")
NAME = "photochrom-colorize"
WORKERS = ("photochrom.worker", "photochrom_gimp.py", "fake_worker")
"""Of processes that must be gone after a call, something in their command lines."""


def call(image: Any, drawables: Any, mode: Any = Gimp.RunMode.NONINTERACTIVE, **said: Any) -> Any:
    """Run the procedure; returns its status and what went wrong."""
    procedure = Gimp.get_pdb().lookup_procedure(NAME)
    config = procedure.create_config()
    config.set_property("run-mode", mode)
    config.set_property("image", image)
    config.set_core_object_array(
        "drawables", drawables if isinstance(drawables, list) else [drawables]
    )
    for name, value in said.items():
        config.set_property(name, value)
    status = procedure.run(config).index(0)
    done = status == Gimp.PDBStatusType.SUCCESS
    return {"done": done, "message": "" if done else Gimp.get_pdb().get_last_error()}


def picture(base: Any, kind: Any, precision: Any, size: Any = (96, 64)) -> Any:
    """An image with one layer that holds a ramp, and a ramp of alpha if it has any."""
    width, height = size
    image = Gimp.Image.new_with_precision(width, height, base, precision)
    layer = Gimp.Layer.new(image, "photo", width, height, kind, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, 0)
    codes = (bytes((40 + 2 * x + y % 17) % 256 for x in range(width)) for y in range(height))
    fill(layer, "Y'A u8" if layer.has_alpha() else "Y' u8", b"".join(
        with_alpha(row, y) if layer.has_alpha() else row for y, row in enumerate(codes)
    ))  # fmt: skip
    return image, layer


def with_alpha(row: Any, y: Any) -> Any:
    """A row of grey with an alpha that grows downwards."""
    return b"".join(bytes((code, min(255, 4 * y))) for code in row)


def fill(layer: Any, form: Any, data: Any, place: Any = None) -> Any:
    """Write a layer's pixels."""
    place = place or (0, 0, layer.get_width(), layer.get_height())
    buffer = layer.get_buffer()
    buffer.set(Gegl.Rectangle.new(*place), form, data)
    buffer.flush()
    layer.update(*place)


def read(layer: Any, form: Any, place: Any = None) -> Any:
    """A layer's pixels."""
    place = place or (0, 0, layer.get_width(), layer.get_height())
    buffer = layer.get_buffer()
    return bytes(buffer.get(Gegl.Rectangle.new(*place), 1.0, form, Gegl.AbyssPolicy.NONE))


def keep(name: Any, layer: Any, form: Any) -> Any:
    """Keep a layer's pixels for the test outside."""
    (HERE / "out").mkdir(exist_ok=True)
    (HERE / "out" / f"{name}.raw").write_bytes(read(layer, form))


def state(image: Any) -> Any:
    """All that must be as it was after a failure."""
    layers = [
        [layer.get_name(), hashlib.sha256(read(layer, "R'G'B'A float")).hexdigest()]
        for layer in image.get_layers()
    ]
    chosen = [layer.get_name() for layer in image.get_selected_layers()]
    base, precision = image.get_base_type().value_nick, image.get_precision().value_nick
    return [layers, chosen, base, precision]


def names(image: Any) -> Any:
    """Layers from top to bottom, with their modes."""
    return [[layer.get_name(), layer.get_mode().value_nick] for layer in image.get_layers()]


def left(seconds: Any = 10.0) -> Any:
    """Processes that are still there after a while."""
    end = time.monotonic() + seconds
    while (found := _running()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def _running() -> Any:
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                words = (folder / "cmdline").read_bytes().decode("utf-8", "replace")
            except OSError:
                continue
            if any(worker in words for worker in WORKERS):
                found.append(words.replace("\0", " "))
    return found


def opened(path: Any) -> Any:
    """A file, opened in GIMP."""
    return Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(str(path)))


def exported(image: Any, path: Any, kind: str) -> Any:
    """An image, exported with its metadata, as GIMP's dialogs propose it."""
    procedure = Gimp.get_pdb().lookup_procedure(f"file-{kind}-export")
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("image", image)
    config.set_property("file", Gio.File.new_for_path(str(path)))
    for name in ("include-exif", "include-xmp"):
        config.set_property(name, True)
    return procedure.run(config)


def run_all(cases: Any, target: Any) -> Any:
    """Run cases one by one, and write what each returned, or its traceback."""
    found = {}
    for case in cases:
        began = time.monotonic()
        try:
            found[case.__name__] = {"value": case()}
        except BaseException:  # whatever it is, the test outside must hear of it
            found[case.__name__] = {"error": traceback.format_exc()}
        found[case.__name__]["seconds"] = round(time.monotonic() - began, 2)
        gc.collect()  # a buffer that is alive when Python ends crashes it
    (HERE / target).write_text(json.dumps(found, indent=1), "utf-8")
    sys.stdout.write("DRIVER-DONE\n")
    sys.stdout.flush()
