"""``photochrom models``: a person's own models, from file to picture and away again."""

import json
from pathlib import Path

import pytest

from helpers import foreign_models
from helpers.command import run, run_process
from helpers.foreign_models import Insides, save
from helpers.reading import pixels
from photochrom.folders import DATA_VARIABLE
from photochrom.models.names import DEFAULT_MODEL


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def ddcolor(tmp_path: Path) -> Path:
    return save(foreign_models.ddcolor(64), tmp_path / "ddcolor_tiny.onnx")


class TestALife:
    def test_add_use_remove(self, ddcolor: Path, folder: Path, data_folder: Path) -> None:
        path = data_folder / "models" / "ddcolor_tiny.onnx"
        result = run("models", "add", ddcolor, "--kind", "ddcolor")
        assert (result.code, result.err) == (0, "")
        assert result.out.endswith(f"added ddcolor_tiny: {path}\n")
        for words in ("kind: ddcolor; in: the grey picture", "size: 64 x 64, fixed", "Apache-2.0"):
            assert words in result.out

        listed = run("models", "list").out
        assert f"ddcolor_tiny  (yours)  {path}" in listed
        assert f"{DEFAULT_MODEL}  (default)  " in listed

        assert run("photo", "in.jpg", "--model", "ddcolor_tiny", "-o", "out.png").code == 0
        assert pixels(folder / "out.png").shape == (90, 90, 3)

        assert "kind           ddcolor" in run("models", "info", "ddcolor_tiny").out
        verified = run("models", "verify", "ddcolor_tiny")
        assert verified.out == "ddcolor_tiny: checksum good, gives colours on cpu\n"

        assert run("models", "remove", "ddcolor_tiny").out == f"removed ddcolor_tiny: {path}\n"
        assert not path.exists()
        assert "ddcolor_tiny" not in run("models", "list").out
        assert run("photo", "in.jpg", "--model", "ddcolor_tiny").code == 5

    def test_json(self, ddcolor: Path, data_folder: Path) -> None:
        path = str(data_folder / "models" / "mine.onnx")
        added = json.loads(
            run("models", "add", ddcolor, "--kind", "ddcolor", "--name", "mine", "--json").out
        )
        assert (added["name"], added["kind"], added["path"]) == ("mine", "ddcolor", path)
        assert added["notes"] == []
        assert len(added["assumed"]) > 4
        rows = json.loads(run("models", "list", "--json").out)
        own = [row for row in rows if row["user"]]
        assert own == [{"name": "mine", "path": path, "default": False, "user": True}]
        verified = json.loads(run("models", "verify", "mine", "--json").out)
        assert (verified["kind"], verified["device"]) == ("ddcolor", "cpu")
        assert json.loads(run("models", "info", "mine", "--json").out)["sha256"]
        removed = json.loads(run("models", "remove", "mine", "--json").out)
        assert removed == {"name": "mine", "path": path}

    def test_native(self, toy: Path) -> None:
        assert run("models", "add", toy, "--name", "toy2").code == 0
        assert run("models", "verify", "toy2").code == 0
        assert run("models", "verify", toy).code == 0


class TestRefusals:
    def test_each_is_one_line_with_its_code(self, ddcolor: Path, toy: Path) -> None:
        for code, words, *arguments in (
            (2, "--kind ddcolor", "add", ddcolor),
            (2, "unknown kind", "add", ddcolor, "--kind", "bigcolor"),
            (5, "is no eccv16: expected", "add", ddcolor, "--kind", "eccv16"),
            (2, "already", "add", toy, "--name", DEFAULT_MODEL),
            (2, "can't be a model's name", "add", toy, "--name", "../toy"),
            (5, "no such model file", "add", "nosuch.onnx", "--kind", "ddcolor"),
            (2, "ships with photochrom", "remove", DEFAULT_MODEL),
            (5, "added models: none", "remove", "nosuch"),
            (5, "unknown model", "verify", "nosuch"),
        ):
            result = run("models", *arguments)
            assert result.code == code, result
            assert words in result.error_line
            assert result.out == ""

    def test_notes_are_shown(self, tmp_path: Path) -> None:
        network = foreign_models.deoldify(insides=Insides(stored="int8"))
        result = run("models", "add", save(network, tmp_path / "a.onnx"), "--kind", "deoldify")
        assert "note: deoldify as int8 loses colour" in result.out

    def test_unknown_network_given_by_path(self, ddcolor: Path, folder: Path) -> None:
        result = run("photo", "in.jpg", "--model", ddcolor)
        assert result.code == 5
        assert "photochrom models add" in result.error_line

    def test_nothing_heavy_for_help(self, tmp_path: Path) -> None:
        result = run_process(
            "models", "add", "--help", cwd=tmp_path, env={"PYTHONPROFILEIMPORTTIME": "1"}
        )
        assert result.code == 0
        imported = {
            line.rsplit("|", 1)[-1].strip().split(".")[0] for line in result.err.splitlines()
        }
        assert not imported & {"numpy", "onnx", "onnxruntime", "pyvips", "platformdirs"}

    def test_greedy_networks_are_held_to_limits(
        self, tmp_path: Path, data_folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Checking a model runs it; one that asks for 8 GB gets an error, not the machine."""
        path = save(foreign_models.greedy(2_000_000_000), tmp_path / "greedy.onnx")
        monkeypatch.setenv("PHOTOCHROM_LIMITS", "memory=1e9")
        result = run("models", "add", path, "--kind", "deoldify")
        assert result.code == 6, result
        assert "memory" in result.error_line
        assert [*data_folder.rglob("*.onnx")] == []
