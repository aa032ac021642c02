"""What a person installs: the wheel's contents, its use in an empty venv, and the two commands."""

import configparser
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from setuptools import find_packages

REPOSITORY = Path(__file__).resolve().parent.parent
TIMEOUT = 300
"""Seconds after which a child process counts as hung."""
MODEL_BYTES = 10_000_000
"""Largest model that the wheel may carry: fp16 weights of the default generator fit with room."""
HEAVY = ("av", "numpy", "onnx", "onnxruntime", "PIL", "pyvips", "scipy", "skimage", "torch")
"""Modules that `photochrom --help` has no need of; each costs 0.05 to 2 seconds of start-up."""


def setup_cfg() -> configparser.ConfigParser:
    config = configparser.ConfigParser(interpolation=None)
    config.read(REPOSITORY / "setup.cfg", encoding="utf-8")
    return config


def package_folders() -> dict[str, Path]:
    """Each top-level package's name and folder, relative to the repository."""
    lines = setup_cfg()["options"]["package_dir"].strip().splitlines()
    return {
        name.strip(): Path(folder.strip())
        for name, folder in (line.split("=") for line in lines if not line.startswith("#"))
    }


def shipped_files(folder: Path) -> set[str]:
    """Every file below a package's folder, relative to the folder's parent; caches left out."""
    return {
        path.relative_to(folder.parent).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def run(
    command: Sequence[str | Path], cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command that has nothing of the checkout in its environment."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        command,
        cwd=cwd,
        env=clean | (env or {}),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )


def run_well(command: Sequence[str | Path], cwd: Path) -> str:
    """Run a command that must exit with 0; returns its standard output."""
    result = run(command, cwd)
    assert result.returncode == 0, (
        f"{' '.join(map(str, command))} exited with {result.returncode}:\n"
        f"{result.stdout}\n{result.stderr}"
    )
    return result.stdout


class TestPackagesList:
    def test_it_names_every_package(self) -> None:
        listed = setup_cfg()["options"]["packages"].split()
        found = [
            package
            for folder in package_folders().values()
            for package in find_packages(str(REPOSITORY / folder.parent))
        ]
        assert sorted(listed) == sorted(found)

    def test_a_root_holds_one_package(self) -> None:
        for name, folder in package_folders().items():
            assert folder.name == name
            assert [child.name for child in (REPOSITORY / folder.parent).glob("*/__init__.py")] == [
                "__init__.py"
            ], f"{folder.parent}/ must hold {name} and no other package"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline from a copy: a stale build/ of the checkout would be packed too."""
    source = tmp_path_factory.mktemp("source")
    for name in ("LICENSE", "README.md", "pyproject.toml", "setup.cfg"):
        shutil.copy(REPOSITORY / name, source)
    for folder in package_folders().values():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / folder, source / folder, ignore=ignored)
    shutil.copytree(REPOSITORY / "docs" / "man", source / "docs" / "man")
    output = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    run_well([*pip, "--wheel-dir", output, source], cwd=output)
    (built,) = output.glob("*.whl")
    return built


@dataclass(frozen=True)
class Installed:
    """The wheel in a venv of its own."""

    folder: Path
    """The venv."""
    scripts: Path
    """Where its python and photochrom are."""
    cwd: Path
    """An empty folder to run them from."""


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An empty venv with the wheel, and this environment's site-packages behind it.

    Dependencies can't be downloaded in a test. A path in a .pth file lends them: Python doesn't
    read the .pth files of a folder that it adds this way, so the checkout's editable install
    stays out of reach.
    """
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False)
    places = {"base": str(folder), "platbase": str(folder)}
    scripts = Path(sysconfig.get_path("scripts", "venv", vars=places))
    site_packages = Path(sysconfig.get_path("purelib", "venv", vars=places))
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", scripts / "python", "install"]
    run_well([*pip, "--no-index", "--no-deps", wheel], cwd=folder)
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site_packages / "lent.pth").write_text("\n".join(sorted(lent)), encoding="utf-8")
    return Installed(folder, scripts, tmp_path_factory.mktemp("cwd"))


@pytest.mark.slow
class TestWheel:
    def test_it_holds_the_package_folders_and_nothing_else(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            packed = {name for name in archive.namelist() if ".dist-info/" not in name}
        expected = {
            name
            for folder in package_folders().values()
            for name in shipped_files(REPOSITORY / folder)
        }
        (manual,) = packed - expected
        assert manual.endswith(".data/data/share/man/man1/photochrom.1")
        assert expected < packed

    def test_it_holds_what_is_not_python(self, wheel: Path) -> None:
        """Spelled out, lest a moved folder empties the test above."""
        with zipfile.ZipFile(wheel) as archive:
            packed = set(archive.namelist())
        for name in package_folders():
            assert f"{name}/py.typed" in packed
        assert any(name.startswith("photochrom_trainer/presets/") for name in packed)
        assert any(name.endswith(".dist-info/licenses/LICENSE") for name in packed)

    def test_it_holds_a_small_model(self, wheel: Path) -> None:
        with zipfile.ZipFile(wheel) as archive:
            sizes = {
                file.filename: file.file_size
                for file in archive.infolist()
                if file.filename.startswith("photochrom/models/weights/")
            }
        assert sizes, "the wheel has no model"
        assert max(sizes.values()) <= MODEL_BYTES, sizes

    def test_its_packages_import_from_the_venv(self, installed: Installed) -> None:
        names = list(package_folders())
        code = f"import json, {', '.join(names)}\n"
        code += f"print(json.dumps([m.__file__ for m in ({', '.join(names)})]))"
        files = json.loads(run_well([installed.scripts / "python", "-c", code], installed.cwd))
        for name, file in zip(names, files, strict=True):
            assert Path(file).is_relative_to(installed.folder), f"{name} came from {file}"

    @pytest.mark.parametrize("command", ["photochrom", "photochrom-train", "photochrom-export"])
    def test_its_commands_answer(self, installed: Installed, command: str) -> None:
        help_text = run_well([installed.scripts / command, "--help"], installed.cwd)
        assert "Usage" in help_text or "usage" in help_text

    def test_it_brings_the_plug_in_for_gimp(self, installed: Installed, tmp_path: Path) -> None:
        """Installing it proves that its worker starts."""
        photochrom = installed.scripts / "photochrom"
        told = run_well([photochrom, "gimp", "install", "--gimp-dir", tmp_path], installed.cwd)
        assert "works: photochrom" in told
        folder = tmp_path / "plug-ins" / "photochrom_gimp"
        assert os.access(folder / "photochrom_gimp.py", os.X_OK)
        argv = json.loads((folder / "runtime.json").read_text("utf-8"))["argv"]
        assert Path(argv[0]).is_relative_to(installed.folder)
        own = {path.name for path in (REPOSITORY / "plugin/photochrom_gimp").glob("*.py")}
        assert own - {path.name for path in folder.glob("*.py")} == {"__init__.py"}

    def test_its_model_colorizes(self, installed: Installed) -> None:
        """The promise of the wheel: install it, and colour a picture without any download."""
        from PIL import Image

        picture = Image.linear_gradient("L").resize((64, 48))
        picture.save(installed.cwd / "in.png")
        photochrom = installed.scripts / "photochrom"
        run_well([photochrom, "photo", "in.png", "-o", "out.png"], installed.cwd)
        with Image.open(installed.cwd / "out.png") as colored:
            assert colored.size == picture.size
            assert colored.mode == "RGB"


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = f"""
import json, sys
sys.argv = ["photochrom", "--help"]
from photochrom.cli import main
try:
    code = main()
except SystemExit as stop:
    code = stop.code
assert not code, code
print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]), file=sys.stderr)
"""
    # The checkout's runtime first: the test also runs where photochrom is not installed.
    runtime = str(REPOSITORY / package_folders()["photochrom"].parent)
    result = run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": runtime})
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stderr.splitlines()[-1]) == []


class TestTwoCommands:
    @pytest.mark.parametrize("command", ["make demo", "make test"])
    def test_the_readme_gives_it(self, command: str) -> None:
        readme = (REPOSITORY / "README.md").read_text("utf-8").splitlines()
        # The line may go on with a comment, but the command is whole and at its beginning.
        assert any(line.strip().partition("#")[0].strip() == command for line in readme)

    def test_ci_runs_the_readmes_test_command(self) -> None:
        script = (REPOSITORY / ".ci" / "run").read_text("utf-8").splitlines()
        assert {"make test", "make test-cluster", "make test-gimp"} <= {*script}
        assert "export CI=true" in script
        assert os.access(REPOSITORY / ".ci" / "run", os.X_OK)


SKIPS = {
    "in the test": "def test_it():\n    pytest.skip('no display')",
    "by a mark": "@pytest.mark.skip(reason='no display')\ndef test_it(): ...",
    "of the file": "pytest.skip('no display', allow_module_level=True)",
}


class TestSkipRule:
    @staticmethod
    def run_tests(folder: Path, source: str, ci: str) -> subprocess.CompletedProcess[str]:
        shutil.copy(REPOSITORY / "tests" / "conftest.py", folder)
        (folder / "test_it.py").write_text(f"import pytest\n{source}\n", encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        command: list[str | Path] = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
        return run(command, cwd=folder, env={"CI": ci})

    @pytest.mark.parametrize("source", SKIPS.values(), ids=SKIPS.keys())
    def test_a_skip_fails_in_ci(self, tmp_path: Path, source: str) -> None:
        result = self.run_tests(tmp_path, source, ci="true")
        assert result.returncode not in (0, 5), result.stdout
        assert "under CI=true a skip is a failure" in result.stdout
        assert "no display" in result.stdout

    def test_a_skip_is_fine_elsewhere(self, tmp_path: Path) -> None:
        result = self.run_tests(tmp_path, SKIPS["in the test"], ci="")
        assert result.returncode == 0, result.stdout
        assert "1 skipped" in result.stdout

    def test_an_expected_failure_is_no_skip(self, tmp_path: Path) -> None:
        source = "@pytest.mark.xfail(reason='known')\ndef test_it():\n    assert False"
        result = self.run_tests(tmp_path, source, ci="true")
        assert result.returncode == 0, result.stdout
        assert "1 xfailed" in result.stdout
