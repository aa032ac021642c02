"""Runs inside of GIMP for benchmarks/gimp.py: the plug-in's own steps, each timed, and calls."""

import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLUG_IN = Path("/t/home/.config/GIMP/3.0/plug-ins/photochrom_gimp")
sys.path.insert(0, str(PLUG_IN))
import gi

for name, version in (("Babl", "0.1"), ("Gegl", "0.4"), ("Gimp", "3.0")):
    gi.require_version(name, version)
from gi.repository import Gegl, Gimp

import exchange
import pixels
import runtime_file
from photochrom_worker.client import Worker
from result import Result

NAME = "photochrom-colorize"
ASKED = json.loads(Path("/t/asked.json").read_text("utf-8"))
PRECISIONS = {8: Gimp.Precision.U8_NON_LINEAR, 16: Gimp.Precision.U16_NON_LINEAR}


def scan(width: int, height: int, bits: int, seed: int) -> tuple[Any, Any]:
    """A grey ramp with noise, as an RGB image."""
    image = Gimp.Image.new_with_precision(width, height, Gimp.ImageBaseType.RGB, PRECISIONS[bits])
    kind = Gimp.ImageType.RGB_IMAGE
    layer = Gimp.Layer.new(image, "scan", width, height, kind, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, 0)
    buffer = layer.get_buffer()
    ramp = bytes(30 + 150 * x // width for x in range(width))
    for top in range(0, height, 500):
        rows = min(500, height - top)
        noise = os.urandom(width // 4)
        count = len(noise)
        row = bytes(code + noise[(7 * x + seed) % count] // 16 for x, code in enumerate(ramp))
        buffer.set(Gegl.Rectangle.new(0, top, width, rows), "Y' u8", row * rows)
    buffer.flush()
    del buffer
    layer.update(0, 0, width, height)
    return image, layer


def timed(taken: dict[str, float], what: str, work: Callable[[], Any]) -> Any:
    """Do something, and add the seconds that it took."""
    began = time.perf_counter()
    done = work()
    taken[what] = taken.get(what, 0.0) + time.perf_counter() - began
    return done


def in_steps(image: Any, layer: Any, output: str) -> dict[str, float]:
    """Seconds of every step of a call."""
    taken: dict[str, float] = {}
    runtime = runtime_file.read(PLUG_IN)
    silence = runtime.silence
    worker = timed(taken, "start", lambda: started(runtime))
    with worker:
        form = pixels.form_of(image, layer)
        picture = form.picture
        name = form.named(picture.channels, layer)
        exchange.begin(worker, picture, form.profile, silence)

        def read(top: int, count: int) -> bytes:
            return pixels.rows(layer.get_buffer(), name, picture.width, top, count)

        timed(taken, "there", lambda: exchange.send(worker, picture, read, nobody, silence))
        result = Result(image, layer, form, layer if output == "in-place" else None)

        def write(top: int, rows: int, data: bytes) -> None:
            timed(taken, "back", lambda: result.write(top, rows, data))

        def come() -> None:
            exchange.color(worker, picture, {}, write, nobody, silence)

        timed(taken, "color and back", come)
        timed(taken, "apply", lambda: result.apply(output, "colour"))
    return {**taken, "back": taken["back"] + taken["apply"]}


def started(runtime: Any) -> Any:
    """A worker that has shaken hands."""
    worker = Worker(runtime.argv)
    worker.hello(runtime.silence)
    return worker


def nobody(fraction: float) -> None:
    """Progress that nobody sees."""
    del fraction


def whole(image: Any, layer: Any, output: str) -> float:
    """Seconds of the procedure itself."""
    procedure = Gimp.get_pdb().lookup_procedure(NAME)
    config = procedure.create_config()
    config.set_property("run-mode", Gimp.RunMode.NONINTERACTIVE)
    config.set_property("image", image)
    config.set_core_object_array("drawables", [layer])
    config.set_property("output", output)
    began = time.perf_counter()
    status = procedure.run(config).index(0)
    taken = time.perf_counter() - began
    assert status == Gimp.PDBStatusType.SUCCESS, Gimp.get_pdb().get_last_error()
    return taken


def main() -> None:
    """Every round with a picture of its own, so that the cache knows none."""
    found = []
    for number in range(ASKED["rounds"]):
        for output in ("lch-layer", "in-place"):
            size = ASKED["width"], ASKED["height"], ASKED["bits"]
            image, layer = scan(*size, 2 * number)
            steps = in_steps(image, layer, output)
            image.delete()
            image, layer = scan(*size, 2 * number + 1)
            steps["call"] = whole(image, layer, output)
            if output != "in-place":
                steps["again"] = whole(image, layer, output)
            image.delete()
            found.append({"output": output, **steps})
            gc.collect()
    Path("/t/found.json").write_text(json.dumps(found), "utf-8")


main()
