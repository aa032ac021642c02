"""The issue's list of bad input: one line on stderr, the right exit code, and nothing else happens.

Each case runs inside this process; some also as a process of their own, where a traceback that is
printed at the very end would show too.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from helpers import toy_model
from helpers.command import Result, run, run_process
from helpers.pictures import Tiff, photograph, write_jpeg, write_png, write_tiff
from photochrom.errors import DeviceError, InputError, ModelError, OutputError, UsageError

INPUT, OUTPUT = InputError.exit_code, OutputError.exit_code
MODEL, USAGE, DEVICE = ModelError.exit_code, UsageError.exit_code, DeviceError.exit_code


@dataclass(frozen=True)
class Case:
    """What to prepare in an empty folder (with ``in.jpg``), what to run, and what must come."""

    words: str
    """A part of the message."""
    code: int
    arguments: tuple[str, ...] = ("bad",)
    prepare: Callable[[Path], object] = field(default=lambda folder: None)
    own_model: bool = False
    """Whether `arguments` name the model."""


def cut(name: str, keep: float) -> Callable[[Path], object]:
    def prepare(folder: Path) -> None:
        path = folder / name
        picture = photograph("coffee.png", 90)
        if name.endswith("jpg"):
            write_jpeg(path, picture)
        elif name.endswith("png"):
            write_png(path, picture)
        else:
            codec = name.split(".")[1]
            write_tiff(path, picture, Tiff(codec=codec))
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * keep)])

    return prepare


def text_as_jpeg(folder: Path) -> None:
    (folder / "bad.jpg").write_text("Dear Ann,\n" * 100)


def nan_tiff(folder: Path) -> None:
    write_tiff(folder / "bad.tif", np.full((20, 20), np.nan, np.float32))


def link_to_input(folder: Path) -> None:
    (folder / "link.jpg").symlink_to("in.jpg")


def hard_link_to_input(folder: Path) -> None:
    (folder / "link.jpg").hardlink_to(folder / "in.jpg")


TO_LINK = ("in.jpg", "-o", "link.jpg", "--overwrite")

CASES = {
    "missing file": Case("no such file", INPUT, ("missing.jpg",)),
    "folder for a file": Case("is a folder", INPUT, ("sub",), lambda f: (f / "sub").mkdir()),
    "this folder": Case("is a folder", INPUT, (".",)),
    "the root": Case("is a folder", INPUT, ("/", "-o", "out.png")),
    "name too long": Case("no such file", INPUT, ("n" * 300 + ".jpg", "-o", "out.jpg")),
    "empty file": Case("is empty", INPUT, ("bad",), lambda f: (f / "bad").touch()),
    "text as JPEG": Case("can't read", INPUT, ("bad.jpg",), text_as_jpeg),
    **{
        f"cut {name} at {keep}": Case("can't read", INPUT, (name,), cut(name, keep))
        for name in ("bad.jpg", "bad.png", "bad.none.tif", "bad.lzw.tif", "bad.deflate.tif")
        for keep in (0.3, 0.9)
    },
    "float TIFF with NaN": Case("8 or 16 bits", INPUT, ("bad.tif",), nan_tiff),
    "no folder": Case("no such folder", OUTPUT, ("in.jpg", "-o", "no/out.jpg")),
    "folder that is a file": Case(
        "", OUTPUT, ("in.jpg", "-o", "file/out.jpg"), lambda f: (f / "file").touch()
    ),
    "folder to make in a file": Case(
        "can't make the folder",
        OUTPUT,
        ("in.jpg", "-o", "file/new/"),
        lambda f: (f / "file").touch(),
    ),
    "place to read only": Case("can't write", OUTPUT, ("in.jpg", "-o", "/proc/self/out.jpg")),
    "folder in a place to read only": Case(
        "can't make the folder", OUTPUT, ("in.jpg", "-o", "/proc/self/out/")
    ),
    "output too long": Case("too long", OUTPUT, ("in.jpg", "-o", "n" * 300 + ".jpg")),
    "output is the input": Case("source itself", OUTPUT, ("in.jpg", "-o", "in.jpg", "--overwrite")),
    "output is a link to it": Case("source itself", OUTPUT, TO_LINK, link_to_input),
    "output is a hard link to it": Case("source itself", OUTPUT, TO_LINK, hard_link_to_input),
    "output exists": Case(
        "exists already",
        OUTPUT,
        ("in.jpg", "-o", "old.png"),
        lambda f: (f / "old.png").write_bytes(b"old"),
    ),
    "output of no kind": Case("must end in", USAGE, ("in.jpg", "-o", "out.gif")),
    "several for one file": Case("need a folder", USAGE, ("in.jpg", "b.jpg", "-o", "out.jpg")),
    "the same twice": Case("same file", USAGE, ("in.jpg", "in.jpg")),
    "unknown device": Case("unknown device", DEVICE, ("in.jpg", "--device", "abacus")),
    "device not built in": Case("has no", DEVICE, ("in.jpg", "--device", "coreml")),
    "unknown model": Case("unknown model", MODEL, ("in.jpg", "--model", "nosuch"), own_model=True),
    "missing model": Case("no such model", MODEL, ("in.jpg", "--model", "x.onnx"), own_model=True),
    **{
        f"model: {name}": Case(
            words,
            MODEL,
            ("in.jpg", "--model", "x.onnx"),
            lambda f, write=write: write(f / "x.onnx"),  # type: ignore[misc]
            own_model=True,
        )
        for name, write, words in (
            ("contract", toy_model.write_wrong_contract, "contract 2"),
            ("checksum", toy_model.write_wrong_checksum, "checksum"),
            ("manifest", toy_model.write_without_manifest, "no photochrom manifest"),
            ("names", toy_model.write_wrong_names, "tensor chroma"),
            ("operators", toy_model.write_custom_operator, "custom operators"),
            ("other files", toy_model.write_external_data, "other files"),
            ("text", lambda path: path.write_text("no model"), "not an ONNX model"),
        )
    },
}

AS_PROCESS = (
    "missing file",
    "this folder",
    "name too long",
    "text as JPEG",
    "cut bad.jpg at 0.9",
    "cut bad.none.tif at 0.3",
    "place to read only",
    "output is the input",
    "unknown model",
    "model: checksum",
)


def snapshot(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder with its time of change and its content."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def arguments_of(case: Case, toy: Path) -> list[str]:
    return ["photo", *case.arguments, *([] if case.own_model else ["--model", str(toy)])]


def check(result: Result, case: Case) -> None:
    assert result.code == case.code, result
    assert case.words in result.error_line
    assert result.out == ""


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_in_this_process(case: Case, folder: Path, toy: Path) -> None:
    case.prepare(folder)
    before = snapshot(folder)
    check(run(*arguments_of(case, toy)), case)
    assert snapshot(folder) == before


@pytest.mark.parametrize("name", AS_PROCESS)
def test_as_a_process(name: str, folder: Path, toy: Path) -> None:
    case = CASES[name]
    case.prepare(folder)
    before = snapshot(folder)
    check(run_process(*arguments_of(case, toy), cwd=folder), case)
    assert snapshot(folder) == before


def test_corrupt_profile_is_told_and_the_picture_made(folder: Path, toy: Path) -> None:
    """Here a right result exists: the picture as sRGB, and a note."""
    write_tiff(folder / "a.tif", photograph("coffee.png", 60), Tiff(icc=b"no profile" * 30))
    result = run("photo", "a.tif", "--model", toy)
    assert (result.code, result.err) == (0, "")
    assert "note: its colour profile is damaged" in result.out


@pytest.mark.parametrize(("width", "height"), [(1, 1), (3, 5000), (5000, 3)])
def test_odd_sizes_are_no_error(width: int, height: int, folder: Path, toy: Path) -> None:
    write_png(folder / "a.png", np.full((height, width), 128, np.uint8))
    result = run("photo", "a.png", "--model", toy)
    assert (result.code, result.err) == (0, "")
    assert f"({width} x {height}, " in result.out


@pytest.mark.parametrize(
    "name", ["two words.jpg", "scan[1].jpg", "a[page=1].jpg", "Käthe 写真.jpg"]
)
def test_awkward_names_are_no_error(name: str, folder: Path, toy: Path) -> None:
    os.rename("in.jpg", name)
    result = run("photo", name, "--model", toy)
    assert (result.code, result.err) == (0, "")
    assert (folder / name.replace(".jpg", ".color.jpg")).is_file()


def test_errors_as_json(folder: Path, toy: Path) -> None:
    """A failed picture is an event on stdout, and the exit code is its own."""
    result = run("photo", "missing.jpg", "--json", "--model", toy)
    assert result.code == INPUT
    assert result.err == ""
    assert '"kind": "InputError"' in result.out
