"""``make reproduce`` on made-up trees of COCO's and ImageNet's shape."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from helpers.training import write_pictures

ROOT = Path(__file__).parents[2]
TOML = """
[[stages]]
steps = 1
size = 32
batch = 2
learning_rate = [1e-3, 0.0]
"""


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The target, on the environment that these tests run in, installed or not."""
    venv = Path(sys.prefix)
    command = ["make", "-o", f"{venv}/.full-installed", "reproduce", f"VENV={venv}", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def write_jpegs(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True)
    made = sorted(write_pictures(folder.parent / "made", len(names)).iterdir())
    for source, name in zip(made, names, strict=True):
        with Image.open(source) as image:
            image.save(folder / name)


@pytest.mark.slow
def test_both_sets_in_both_spaces_are_judged_on_imagenet(tmp_path: Path) -> None:
    write_jpegs(tmp_path / "coco" / "train2017", [f"{n:012}.jpg" for n in range(3)])
    write_jpegs(tmp_path / "imagenet" / "train" / "n01440764", ["a.JPEG", "b.JPEG", "c.JPEG"])
    validation = [f"ILSVRC2012_val_{n:08}.JPEG" for n in (1, 5000, 5001)]
    write_jpegs(tmp_path / "imagenet" / "val", validation)
    (tmp_path / "tiny.toml").write_text(TOML)
    given = {"COCO": "coco", "IMAGENET": "imagenet", "CONFIG": "tiny.toml", "REPRODUCED": "out"}
    done = make(*(f"{name}={tmp_path / value}" for name, value in given.items()))
    assert done.returncode == 0, done.stderr
    runs = sorted(path.parent.parent.name for path in tmp_path.glob("out/*/evaluation/table.md"))
    assert runs == ["coco-lab", "coco-luv", "imagenet-lab", "imagenet-luv"]
    listed = (tmp_path / "out" / "coco-lab" / "evaluation" / "pictures.txt").read_text()
    assert "val_00005000" in listed
    assert "val_00005001" not in listed
    assert "coco-lab" in (tmp_path / "out" / "comparison" / "models.md").read_text()


def test_without_the_sets_it_says_what_it_needs() -> None:
    done = make("COCO=nowhere")
    assert done.returncode != 0
    assert "IMAGENET=folder" in done.stdout
