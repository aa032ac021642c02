"""``models``, ``demo``, ``--version`` and ``--help``."""

import json
from pathlib import Path

import pytest
from PIL import Image

import photochrom
from helpers.command import run, run_process
from helpers.toy_model import write_wrong_checksum
from photochrom.models.names import DEFAULT_MODEL


class TestModels:
    def test_list(self) -> None:
        result = run("models", "list")
        assert result.code == 0
        assert f"{DEFAULT_MODEL}  (default)  /" in result.out

    def test_list_as_json(self) -> None:
        rows = json.loads(run("models", "list", "--json").out)
        default = [row["name"] for row in rows if row["default"]]
        assert default == [DEFAULT_MODEL]
        assert all(Path(row["path"]).is_file() for row in rows)

    def test_info_of_the_default(self) -> None:
        result = run("models", "info", DEFAULT_MODEL)
        assert result.code == 0
        assert "contract       1" in result.out

    def test_info_of_a_file_as_json(self, toy: Path) -> None:
        values = json.loads(run("models", "info", toy, "--json").out)
        assert (values["name"], values["scale"], values["path"]) == ("toy", 110.0, str(toy))

    def test_info_checks(self, tmp_path: Path) -> None:
        result = run("models", "info", write_wrong_checksum(tmp_path / "x.onnx"))
        assert result.code == 5
        assert "checksum" in result.error_line
        assert result.out == ""

    def test_info_of_none(self) -> None:
        assert run("models", "info", "nosuch").code == 5


class TestDemo:
    def test_makes_pictures_and_a_sheet(self, tmp_path: Path, toy: Path) -> None:
        result = run("demo", "-o", tmp_path / "new" / "demo", "--model", toy)
        assert (result.code, result.err) == (0, "")
        folder = tmp_path / "new" / "demo"
        assert len(list(folder.glob("*.grey.png"))) == 5
        assert len(list(folder.glob("*.color.png"))) == 5
        assert "device: cpu" in result.out
        assert f"before and after: {folder / 'before-after.png'}" in result.out
        with Image.open(folder / "before-after.png") as sheet:
            assert sheet.mode == "RGB"
            assert sheet.height == 3 * 300 + 2 * 16
            assert sheet.width > 1000
        with Image.open(folder / "camera.grey.png") as grey:
            assert grey.mode == "L"

    def test_twice(self, tmp_path: Path, toy: Path) -> None:
        for _ in range(2):
            assert run("demo", "-o", tmp_path, "--model", toy).code == 0

    def test_folder_that_is_a_file(self, tmp_path: Path, toy: Path) -> None:
        (tmp_path / "file").touch()
        result = run("demo", "-o", tmp_path / "file", "--model", toy)
        assert result.code == 4
        assert "can't make the folder" in result.error_line

    def test_place_where_nobody_can_write(self, tmp_path: Path, toy: Path) -> None:
        (tmp_path / "camera.grey.png").mkdir()
        result = run("demo", "-o", tmp_path, "--model", toy)
        assert result.code == 4
        assert "can't write" in result.error_line

    def test_without_scikit_image(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("photochrom.cli.demo.find_spec", lambda name: None)
        result = run("demo", "-o", tmp_path)
        assert result.code == 2
        assert "photochrom[demo]" in result.error_line


class TestQuickOnes:
    def test_version(self) -> None:
        result = run("--version")
        assert (result.code, result.out) == (0, f"{photochrom.__version__}\n")

    @pytest.mark.parametrize(
        "arguments", [["--help"], ["photo", "--help"], ["models", "--help"], ["doctor", "--help"]]
    )
    def test_help(self, arguments: list[str]) -> None:
        result = run(*arguments)
        assert result.code == 0
        assert "Usage" in result.out

    def test_nothing_asked_is_help(self) -> None:
        result = run()
        assert "Usage" in result.out + result.err
        assert "Traceback" not in result.err

    @pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["photo", "--help"]])
    def test_imports_nothing_heavy(self, arguments: list[str], tmp_path: Path) -> None:
        result = run_process(*arguments, cwd=tmp_path, env={"PYTHONPROFILEIMPORTTIME": "1"})
        assert result.code == 0
        imported = {
            line.rsplit("|", 1)[-1].strip().split(".")[0] for line in result.err.splitlines()
        }
        assert "typer" in imported
        heavy = {"numpy", "onnx", "onnxruntime", "pyvips", "PIL", "scipy", "skimage", "av", "torch"}
        assert not imported & heavy
