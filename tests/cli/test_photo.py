"""``photochrom photo``: where results go, what options do, how it ends."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from helpers.command import run, run_process
from helpers.pictures import photograph, write_jpeg, write_png, write_tiff
from helpers.reading import facts, pixels, source_types


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestOutputs:
    def test_beside_the_source(self, folder: Path, toy: Path) -> None:
        result = run("photo", "in.jpg", "--model", toy)
        assert result.code == 0
        assert names(folder) == ["in.color.jpg", "in.jpg"]
        assert result.out.startswith("in.color.jpg  (90 x 90, ")
        assert result.out.endswith(" s on cpu)\n")
        assert result.err == ""

    def test_file(self, folder: Path, toy: Path) -> None:
        assert run("photo", "in.jpg", "-o", "result.tif", "--model", toy).code == 0
        assert names(folder) == ["in.jpg", "result.tif"]

    def test_folder_that_is_there(self, folder: Path, toy: Path) -> None:
        (folder / "out").mkdir()
        assert run("photo", "in.jpg", "-o", "out", "--model", toy).code == 0
        assert names(folder / "out") == ["in.color.jpg"]

    def test_folder_that_is_not_there_yet(self, folder: Path, toy: Path) -> None:
        assert run("photo", "in.jpg", "-o", "new/deep/", "--model", toy).code == 0
        assert names(folder / "new" / "deep") == ["in.color.jpg"]

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("a.JPG", "a.color.JPG"),
            ("a.b.jpeg", "a.b.color.jpeg"),
            ("a.gif", "a.color.png"),
            ("a", "a.color.png"),
            (".jpg", ".jpg.color.png"),
            ("scan[1].jpg", "scan[1].color.jpg"),
        ],
    )
    def test_name(self, name: str, expected: str, folder: Path, toy: Path) -> None:
        Image.fromarray(photograph("camera.png", 40)).save(folder / name, "PNG")
        assert run("photo", name, "--model", toy).code == 0
        assert (folder / expected).is_file()

    def test_kinds_that_are_read_but_not_written(self, folder: Path, toy: Path) -> None:
        for kind in ("gif", "avif"):
            Image.fromarray(photograph("camera.png", 40)).save(folder / f"{kind}.{kind}")
        result = run("photo", "gif.gif", "avif.avif", "--model", toy)
        assert result.code == 0
        assert {"gif.color.png", "avif.color.png"} <= set(names(folder))

    def test_several(self, folder: Path, toy: Path) -> None:
        write_png(folder / "b.png", photograph("camera.png", 40))
        result = run("photo", "in.jpg", "b.png", "-o", "out/", "--model", toy)
        assert result.code == 0
        assert names(folder / "out") == ["b.color.png", "in.color.jpg"]
        assert result.out.splitlines()[-1] == "2 done, 0 failed"

    def test_notes_are_told(self, folder: Path, toy: Path) -> None:
        write_tiff(folder / "a.tif", np.full((20, 30), 500, np.uint16))
        result = run("photo", "a.tif", "-o", "a.jpg", "--model", toy)
        assert "  note: JPEG holds 8 bits" in result.out


class TestOptions:
    def test_saturation(self, folder: Path, toy: Path) -> None:
        assert run("photo", "in.jpg", "-o", "a.png", "--saturation", 0, "--model", toy).code == 0
        after = pixels(folder / "a.png")
        assert (after.max(axis=-1) == after.min(axis=-1)).all()

    def test_strength(self, folder: Path, toy: Path) -> None:
        write_png(folder / "c.png", photograph("coffee.png", 60))
        assert run("photo", "c.png", "-o", "a.png", "--strength", 0, "--model", toy).code == 0
        difference = pixels(folder / "a.png").astype(int) - pixels(folder / "c.png")
        assert np.abs(difference).max() <= 1

    @pytest.mark.parametrize("detail", ["auto", "0", "3"])
    def test_detail(self, detail: str, folder: Path, toy: Path) -> None:
        write_png(folder / "large.png", photograph("camera.png", 300))
        result = run("photo", "large.png", "--detail", detail, "--json", "--model", toy)
        assert result.code == 0
        done = next(event for event in events(result.out) if event["event"] == "done")
        assert done["detail"] == int(detail) if detail != "auto" else done["detail"] in (0, 1, 2, 3)

    @pytest.mark.parametrize("detail", ["4", "-1", "1.5", "fine", "", "٣"])
    def test_detail_that_cannot_be_meant(self, detail: str, folder: Path, toy: Path) -> None:
        result = run("photo", "in.jpg", f"--detail={detail}", "--model", toy)
        assert result.code == 2
        assert "--detail is auto, 0, 1, 2 or 3" in result.error_line
        assert names(folder) == ["in.jpg"]

    def test_points(self, folder: Path, toy: Path) -> None:
        plain, told = (
            ["photo", "in.jpg", "-o", name, "--model", toy] for name in ("a.png", "b.png")
        )
        points = ["--point", "0.5,0.5=#0000ff", "--point", "0,1=#0000ff"]
        assert run(*plain).code == run(*told, *points).code == 0
        change = np.abs(pixels(folder / "a.png").astype(int) - pixels(folder / "b.png")).sum(-1)
        assert change[40:50, 40:50].max() > 4
        assert change[-5:, :5].max() > 4
        assert change[:20, 70:].max() <= 3

    @pytest.mark.parametrize(
        "point",
        [
            "0.5,0.5",
            "0.5,0.5=red",
            "0.5,0.5=#12345",
            "0.5,0.5=#1234567",
            "0.5=#123456",
            "1.5,0.5=#123456",
            "0.5,1.001=#123456",
            "-0.1,0.5=#123456",
            "nan,0.5=#123456",
            "0.5,inf=#123456",
            "1.2.3,0.5=#123456",
            ",=#123456",
            "",
            "0.5,0.5=#123456\n0.1,0.1=#123456",
        ],
    )
    def test_points_that_cannot_be_meant(self, point: str, folder: Path, toy: Path) -> None:
        result = run("photo", "in.jpg", f"--point={point}", "--model", toy)
        assert result.code == 2
        assert "point" in result.error_line
        assert names(folder) == ["in.jpg"]

    @pytest.mark.parametrize(
        ("option", "value"),
        [
            ("--strength", -0.1),
            ("--strength", 1.1),
            ("--strength", "nan"),
            ("--saturation", -1),
            ("--saturation", 3.5),
            ("--saturation", "inf"),
        ],
    )
    def test_numbers_out_of_range(
        self, option: str, value: object, folder: Path, toy: Path
    ) -> None:
        result = run("photo", "in.jpg", f"{option}={value}", "--model", toy)
        assert result.code == 2
        assert "lies between 0 and" in result.error_line
        assert names(folder) == ["in.jpg"]

    @pytest.mark.parametrize(
        "arguments",
        [["photo"], ["photo", "in.jpg", "--nonsense"], ["photo", "--strength", "x"], ["paint"]],
    )
    def test_typers_own_usage_errors(self, arguments: list[str], folder: Path) -> None:
        result = run(*arguments)
        assert result.code == 2
        assert "Traceback" not in result.err
        assert names(folder) == ["in.jpg"]

    def test_overwrite(self, folder: Path, toy: Path) -> None:
        arguments = ["photo", "in.jpg", "--model", toy]
        assert run(*arguments).code == 0
        first = (folder / "in.color.jpg").read_bytes()
        refused = run(*arguments, "--saturation", 0)
        assert refused.code == 4
        assert "--overwrite" in refused.error_line
        assert (folder / "in.color.jpg").read_bytes() == first
        assert run(*arguments, "--saturation", 0, "--overwrite").code == 0
        assert (folder / "in.color.jpg").read_bytes() != first


class TestPages:
    @pytest.fixture
    def pages(self, folder: Path) -> Path:
        grey = Image.fromarray(photograph("camera.png", 40))
        grey.save(folder / "p.tif", save_all=True, append_images=[grey.resize((20, 30))])
        return folder / "p.tif"

    def test_all(self, pages: Path, toy: Path) -> None:
        result = run("photo", pages, "--model", toy)
        assert result.code == 0
        assert "note: 2 pages, each colorized by itself" in result.out
        with Image.open(pages.with_name("p.color.tif")) as image:
            assert image.n_frames == 2  # type: ignore[attr-defined]

    def test_one(self, pages: Path, toy: Path) -> None:
        assert run("photo", pages, "--page", 2, "-o", "a.png", "--model", toy).code == 0
        assert pixels(pages.with_name("a.png")).shape == (30, 20, 3)

    @pytest.mark.parametrize(("page", "code"), [("0", 2), ("-1", 2), ("two", 2), ("", 2), ("3", 3)])
    def test_pages_that_are_not_there(self, page: str, code: int, pages: Path, toy: Path) -> None:
        result = run("photo", pages, f"--page={page}", "--model", toy)
        assert result.code == code
        assert "page" in result.error_line
        assert names(pages.parent) == ["in.jpg", "p.tif"]

    def test_scratch_folder(self, pages: Path, toy: Path) -> None:
        (pages.parent / "s").mkdir()
        assert run("photo", pages, "--scratch", "s", "--model", toy).code == 0
        assert names(pages.parent / "s") == []
        refused = run("photo", pages, "--scratch", "none", "--overwrite", "--model", toy)
        assert refused.code == 4
        assert "none" in refused.error_line


class TestProvenance:
    def test_there_unless_declined(self, folder: Path, toy: Path) -> None:
        assert run("photo", "in.jpg", "--model", toy).code == 0
        assert source_types(facts(folder / "in.color.jpg").xmp)
        again = run("photo", "in.jpg", "--no-provenance", "-o", "b.jpg", "--model", toy)
        assert again.code == 0
        assert facts(folder / "b.jpg").xmp is None


class TestSeveralWithFailures:
    def test_one_fails_and_the_others_go_on(self, folder: Path, toy: Path) -> None:
        (folder / "bad.jpg").write_text("no picture")
        write_jpeg(folder / "z.jpg", photograph("camera.png", 40))
        result = run("photo", "in.jpg", "bad.jpg", "missing.jpg", "z.jpg", "--model", toy)
        assert result.code == 7
        assert len(result.err.splitlines()) == 2
        assert result.out.splitlines()[-1] == "2 done, 2 failed"
        assert {"in.color.jpg", "z.color.jpg"} <= set(names(folder))

    def test_all_fail(self, folder: Path, toy: Path) -> None:
        result = run("photo", "x.jpg", "y.jpg", "--model", toy)
        assert result.code == 7
        assert result.out.splitlines()[-1] == "0 done, 2 failed"

    def test_one_alone_keeps_its_own_code(self, folder: Path, toy: Path) -> None:
        result = run("photo", "x.jpg", "--model", toy)
        assert result.code == 3
        assert result.error_line == "photochrom: no such file: x.jpg"

    def test_json(self, folder: Path, toy: Path) -> None:
        result = run("photo", "in.jpg", "x.jpg", "--json", "--model", toy)
        assert result.code == 7
        events = [json.loads(line) for line in result.out.splitlines()]
        assert events[-1] == {"schema": 1, "event": "summary", "done": 1, "failed": 1}
        assert [event["exit_code"] for event in events if event["event"] == "error"] == [3]
        assert result.err == ""


class TestClashes:
    def test_two_sources_for_one_file(self, folder: Path, toy: Path) -> None:
        write_png(folder / "b.png", photograph("camera.png", 40))
        result = run("photo", "in.jpg", "b.png", "-o", "one.png", "--model", toy)
        assert result.code == 2
        assert "need a folder" in result.error_line
        assert names(folder) == ["b.png", "in.jpg"]

    @pytest.mark.parametrize("second", ["in.jpg", "./in.jpg", "sub/../in.jpg", "sub/in.jpg"])
    def test_two_results_of_one_name(self, second: str, folder: Path, toy: Path) -> None:
        (folder / "sub").mkdir()
        write_jpeg(folder / "sub" / "in.jpg", photograph("camera.png", 40))
        result = run("photo", "in.jpg", second, "-o", ".", "--model", toy)
        assert result.code == 2
        assert "same file" in result.error_line
        assert names(folder) == ["in.jpg", "sub"]

    def test_kinds_that_become_one_name(self, folder: Path, toy: Path) -> None:
        """Both would become ``a.color.png``."""
        for name in ("a.gif", "a.avif"):
            Image.fromarray(photograph("camera.png", 40)).save(folder / name)
        assert run("photo", "a.gif", "a.avif", "--model", toy).code == 2

    @pytest.mark.parametrize("overwrite", [[], ["--overwrite"]])
    def test_result_that_is_another_source(
        self, overwrite: list[str], folder: Path, toy: Path
    ) -> None:
        """``photo *.jpg --overwrite`` after an earlier run: a source is never changed."""
        precious = write_jpeg(folder / "in.color.jpg", photograph("coffee.png", 90))
        before = precious.read_bytes()
        result = run("photo", "in.jpg", "in.color.jpg", *overwrite, "--model", toy)
        assert result.code == 7
        assert precious.read_bytes() == before
        assert (folder / "in.color.color.jpg").is_file()

    def test_source_itself(self, folder: Path, toy: Path) -> None:
        before = (folder / "in.jpg").read_bytes()
        result = run("photo", "in.jpg", "-o", "./in.jpg", "--overwrite", "--model", toy)
        assert result.code == 4
        assert "is the source itself" in result.error_line
        assert (folder / "in.jpg").read_bytes() == before


class TestAwkwardTerminals:
    """What can't be printed must not cost the result, or the answer."""

    def test_name_beyond_the_terminals_letters(self, folder: Path, toy: Path) -> None:
        write_jpeg(folder / "写真.jpg", photograph("camera.png", 40))
        ascii_only = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
        result = run_process("photo", "写真.jpg", "--model", toy, cwd=folder, env=ascii_only)
        assert result.code == 0
        assert "\\u5199\\u771f.color.jpg" in result.out
        assert result.err == ""

    @pytest.mark.parametrize("encoding", ["utf-8:strict", "utf-8"])
    @pytest.mark.parametrize("extra", [[], ["--json"]])
    def test_name_that_is_not_utf8(
        self, encoding: str, extra: list[str], folder: Path, toy: Path
    ) -> None:
        name = b"\xfe\xff.jpg".decode("utf-8", "surrogateescape")
        write_jpeg(folder / name, photograph("camera.png", 40))
        env = {"PYTHONIOENCODING": encoding}
        result = run_process("photo", name, *extra, "--model", toy, cwd=folder, env=env)
        assert (result.code, result.err) == (0, "")
        assert len(names(folder)) == 3

    def test_newline_in_a_name_stays_one_line(self, folder: Path, toy: Path) -> None:
        result = run("photo", "two\nlines.jpg", "--model", toy)
        assert result.code == 3
        assert result.error_line == "photochrom: no such file: two\\nlines.jpg"
        write_jpeg(folder / "two\nlines.jpg", photograph("camera.png", 40))
        result = run("photo", "two\nlines.jpg", "--model", toy)
        assert result.code == 0
        assert len(result.out.splitlines()) == 1

    def test_escape_codes_in_a_name_do_not_reach_the_terminal(
        self, folder: Path, toy: Path
    ) -> None:
        result = run("photo", "\x1b[2Jred.jpg", "--model", toy)
        assert "\x1b" not in result.err
