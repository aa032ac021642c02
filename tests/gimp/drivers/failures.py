"""Runs inside of GIMP: every way in which a call may fail, and what is left then."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, "/t")
from gi.repository import Gegl, Gimp
from in_gimp import HERE, call, left, picture, run_all, state

B, T, P = Gimp.ImageBaseType, Gimp.ImageType, Gimp.Precision
RUNTIME = Path("/t/home/.config/GIMP/3.0/plug-ins/photochrom_gimp/runtime.json")
TOLD = json.loads(RUNTIME.read_text("utf-8"))
PYTHON = TOLD["argv"][0]
SILENCE = 3
FAKES = ("traceback", "segfault", "killed", "garbage", "short", "version", "hung")
LITTLE = """
import resource
from photochrom.worker import server
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + (48 << 20)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
server.main()
"""
"""The worker, which may take 48 MB more than it has when it starts."""


def failing(told: Any, image_of: Any = None, **said: Any) -> Any:
    """A call with a runtime of its own; what it says, and whether all is as it was."""
    text = told if isinstance(told, str) else json.dumps(told)
    if told is None:
        RUNTIME.unlink()
    else:
        RUNTIME.write_text(text, "utf-8")
    image, layer = (image_of or small)()
    before = state(image)
    called = call(image, layer, **said)
    same = state(image) == before
    image.delete()
    RUNTIME.write_text(json.dumps(TOLD), "utf-8")
    return {**called, "same": same, "left": left()}


def small() -> Any:
    return picture(B.GRAY, T.GRAY_IMAGE, P.U8_NON_LINEAR)


def large() -> Any:
    """96 MB, empty."""
    image = Gimp.Image.new_with_precision(3000, 2000, B.RGB, P.FLOAT_NON_LINEAR)
    layer = Gimp.Layer.new(image, "photo", 3000, 2000, T.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, None, 0)
    return image, layer


def fake(way: str) -> Any:
    return {**TOLD, "silence": SILENCE, "argv": [PYTHON, "/t/fake_worker.py", way]}


def not_set_up() -> Any:
    return {
        "missing": failing(None),
        "broken": failing("{"),
        "older": failing({**TOLD, "protocol": 0}),
        "no argv": failing({**TOLD, "argv": []}),
        "no python": failing({**TOLD, "argv": ["/no/such/python", "-m", "photochrom.worker"]}),
        "no photochrom": failing({**TOLD, "argv": [PYTHON, "-I", "-S", *TOLD["argv"][2:]]}),
    }


def workers() -> Any:
    return {way: failing(fake(way)) for way in FAKES}


def model_missing() -> Any:
    return failing(TOLD, model="no-such-model")


def device_missing() -> Any:
    return failing(TOLD, device="coreml")


def out_of_memory() -> Any:
    return failing({**TOLD, "argv": [PYTHON, "-c", LITTLE]}, large)


def killed_plug_in() -> Any:
    """As GIMP does it on Cancel."""
    RUNTIME.write_text(json.dumps(fake("slow")), "utf-8")
    killed: list[int] = []
    stopper = threading.Thread(target=kill_plug_in, args=(killed,))
    image, layer = picture(B.GRAY, T.GRAY_IMAGE, P.U8_NON_LINEAR)
    before = state(image)
    stopper.start()
    called = call(image, layer)
    stopper.join()
    same = state(image) == before
    image.delete()
    RUNTIME.write_text(json.dumps(TOLD), "utf-8")
    return {**called, "same": same, "left": left(), "killed": len(killed)}


def kill_plug_in(killed: list[int]) -> None:
    """Wait until the worker works, and kill the plug-in."""
    end = time.monotonic() + 60
    while time.monotonic() < end and not killed:
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                try:
                    words = (folder / "cmdline").read_bytes()
                except OSError:
                    continue
                found[int(folder.name)] = words
        if any(b"fake_worker" in words for words in found.values()):
            time.sleep(0.5)
            for number, words in found.items():
                if b"photochrom_gimp.py" in words:
                    killed.append(number)
                    os.kill(number, signal.SIGKILL)
        time.sleep(0.05)


def what_cant_be_meant() -> Any:
    """Refused before anything starts."""
    told = {}
    image, layer = picture(B.RGB, T.RGB_IMAGE, P.U8_NON_LINEAR)
    other = Gimp.Layer.new(image, "other", 8, 8, T.RGBA_IMAGE, 100.0, Gimp.LayerMode.NORMAL)
    image.insert_layer(other, None, 0)
    other.set_offsets(60, 40)
    channel = Gimp.Channel.new(image, "channel", 96, 64, 50.0, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    group = Gimp.GroupLayer.new(image, "group")
    image.insert_layer(group, None, 0)
    foreign, elsewhere = picture(B.RGB, T.RGBA_IMAGE, P.U8_NON_LINEAR)
    before = state(image)
    told["two"] = call(image, [layer, other])
    told["channel"] = call(image, channel)
    told["group"] = call(image, group, output="in-place")
    told["hints elsewhere"] = call(image, layer, hints=elsewhere)
    told["hints alone"] = call(foreign, elsewhere, hints=elsewhere)
    told["restore"] = call(image, layer, restore="polish")
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, 10, 10)
    told["selection"] = call(image, other)
    layer.set_lock_content(True)
    told["locked"] = call(image, layer, output="in-place")
    same = state(image) == before
    image.delete()
    foreign.delete()
    return {"told": told, "same": same, "left": left()}


CASES = [
    not_set_up, workers, model_missing, device_missing, out_of_memory, killed_plug_in,
    what_cant_be_meant,
]  # fmt: skip
run_all(CASES, "failures.json")
HERE.joinpath("runtime-after.json").write_text(RUNTIME.read_text("utf-8"), "utf-8")
