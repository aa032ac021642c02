"""GIMP's window on a screen: menu, dialog with preview, undo, Ctrl+F, Cancel, an error's dialog."""

import json
import os
import shutil

import pytest
from PIL import Image

from helpers.gimp import HERE, Stage
from helpers.pictures import photograph

pytestmark = [pytest.mark.gimp, pytest.mark.gui]
SHOTS = ("menu", "dialog", "result", "progress", "error")


@pytest.fixture
def screen_stage(stage: Stage) -> Stage:
    """The plug-in installed anew, a photograph, and a worker that never gets done."""
    stage.install()
    told = json.loads((stage.plug_in / "runtime.json").read_text("utf-8"))
    slow = {**told, "argv": [told["argv"][0], "/t/fake_worker.py", "slow"]}
    (stage.folder / "slow.json").write_text(json.dumps(slow), "utf-8")
    Image.fromarray(photograph("camera.png", 512)).save(stage.folder / "photo.png")
    for name in ("gui.sh", "fake_worker.py"):
        shutil.copy(HERE / "drivers" / name, stage.folder)
    return stage


def test_menu_dialog_undo_repeat_cancel_error(screen_stage: Stage) -> None:
    done = screen_stage.run("/t/gui.sh")
    if (folder := os.environ.get("PHOTOCHROM_SHOTS")) is not None:
        for path in screen_stage.folder.glob("*.png"):
            shutil.copy(path, folder)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "GUI-DONE"
    for name in SHOTS:
        with Image.open(screen_stage.folder / f"{name}.png") as shot:
            assert shot.size == (1280, 860)
