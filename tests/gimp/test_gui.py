"""GIMP's window on a screen: menu, dialog with preview, undo, Ctrl+F, Cancel, an error's dialog."""

import json
import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

from helpers.gimp import HERE, Stage, new_stage
from helpers.pictures import photograph

pytestmark = [pytest.mark.gimp, pytest.mark.gui]
SHOTS = ("menu", "dialog", "result", "progress", "error")


@pytest.fixture
def screen_stage(tree: None, tmp_path: Path) -> Stage:
    """A home in which nothing was done yet: photograph, plug-in, a worker that never gets done."""
    del tree
    stage = new_stage(tmp_path)
    told = json.loads((stage.plug_in / "runtime.json").read_text("utf-8"))
    slow = {**told, "argv": [told["argv"][0], "/t/fake_worker.py", "slow"]}
    (tmp_path / "slow.json").write_text(json.dumps(slow), "utf-8")
    Image.fromarray(photograph("camera.png", 512)).save(tmp_path / "photo.png")
    for name in ("gui.sh", "fake_worker.py"):
        shutil.copy(HERE / "drivers" / name, tmp_path)
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
