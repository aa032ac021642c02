"""What the documentation tells people to type works."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.main import get_command

from photochrom.cli.app import app
from photochrom_trainer.config import preset_names

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_readme_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyvips

    array = np.full((40, 50), 90, np.uint8)
    pyvips.Image.new_from_array(array).tiffsave(str(tmp_path / "scan.tif"))
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names: dict[str, object] = {"array": array, "print": lambda *_: None}
    exec(block, names)
    assert (tmp_path / "scan.color.tif").exists()
    color = names["color"]
    assert isinstance(color, np.ndarray)
    assert color.shape == (40, 50, 3)


def test_the_readme_lists_every_option_of_photo() -> None:
    photo = get_command(app).commands["photo"]  # type: ignore[attr-defined]
    options = [option for part in photo.params for option in part.opts if option.startswith("--")]
    missing = [option for option in options if option not in README and option != "--output"]
    assert not missing


def test_every_preset_is_explained() -> None:
    text = (ROOT / "docs" / "training.md").read_text("utf-8")
    assert [name for name in preset_names() if f"| `{name}` |" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not broken
