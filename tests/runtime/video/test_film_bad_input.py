"""What is no film, or a broken one, or can't go where it should: one line that says so."""

from pathlib import Path

import pytest

from helpers.clips import Track, corrupted, decoded, make_clip, sound_only, still_picture, truncated
from photochrom.errors import InputError, OutputError, UsageError
from photochrom.options import Options, Point
from photochrom.video.colorizer import FilmColorizer
from photochrom.video.container.codecs import Encoding
from photochrom.video.options import FilmOptions

LOSSLESS = FilmOptions(encoding=Encoding("ffv1"))
SALVAGE = FilmOptions(encoding=Encoding("ffv1"), salvage=True)


def refuse(films: FilmColorizer, source: Path, said: str, target: str = "out.mkv") -> None:
    folder = source.parent
    before = sorted(folder.iterdir())
    with pytest.raises(InputError, match=said):
        films.colorize_file(source, folder / target, LOSSLESS)
    assert sorted(folder.iterdir()) == before, "something was left"


def test_no_such_file(films: FilmColorizer, tmp_path: Path) -> None:
    refuse(films, tmp_path / "missing.mp4", "no such file")


def test_text(films: FilmColorizer, tmp_path: Path) -> None:
    (tmp_path / "in.mp4").write_text("not a film at all, only words")
    refuse(films, tmp_path / "in.mp4", "is no film that can be read")


def test_empty(films: FilmColorizer, tmp_path: Path) -> None:
    (tmp_path / "in.mp4").write_bytes(b"")
    refuse(films, tmp_path / "in.mp4", "is empty")


def test_sound_alone(films: FilmColorizer, tmp_path: Path) -> None:
    refuse(films, sound_only(tmp_path / "in.m4a"), "has sound and no picture")


@pytest.mark.parametrize("name", ["in.png", "in.jpg"])
def test_a_still_picture(name: str, films: FilmColorizer, tmp_path: Path) -> None:
    refuse(films, still_picture(tmp_path / name), "is a picture, not a film; use photochrom photo")


def test_colours(films: FilmColorizer, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "in.mkv", frames=8)
    refuse(films, path, r"has colours already \(in 100 % of its frames\); --force")
    forced = FilmOptions(encoding=Encoding("ffv1"), force=True)
    films.colorize_file(path, tmp_path / "out.mkv", forced)
    assert len(decoded(tmp_path / "out.mkv")) == 8


def test_high_dynamic_range(films: FilmColorizer, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "in.mkv", grey=True, frames=4, matrix=9, primaries=9, transfer=16)
    refuse(films, path, r"has high dynamic range \(PQ\)")


def test_damaged(films: FilmColorizer, tmp_path: Path) -> None:
    options = {"preset": "ultrafast", "g": "5"}
    whole = make_clip(tmp_path / "whole.mkv", grey=True, frames=40, options=options)
    path = corrupted(whole, tmp_path / "in.mkv", start=0.6, length=300)
    refuse(films, path, r"is damaged \d\.\d s after its start .* --salvage")
    report = films.colorize_file(path, tmp_path / "out.mkv", SALVAGE)
    assert any("can't be read" in note for note in report.notes)
    assert 20 < len(decoded(tmp_path / "out.mkv")) == report.frames < 41


def test_truncated(films: FilmColorizer, tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "whole.mkv", grey=True, frames=40, sound=(Track(),))
    path = truncated(whole, tmp_path / "in.mkv", 0.5)
    report = films.colorize_file(path, tmp_path / "out.mkv", SALVAGE)
    assert 5 < report.frames < 36


def test_truncated_without_its_index(films: FilmColorizer, tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "whole.mp4", grey=True, frames=40)
    refuse(films, truncated(whole, tmp_path / "in.mp4", 0.5), "is no film that can be read")


@pytest.mark.parametrize(
    ("ending", "codec", "fitting"),
    [(".mp4", "ffv1", ".mkv"), (".webm", "h264", ".mp4"), (".avi", "h264", ".mp4")],
)
def test_a_container_that_cant_hold_it(
    ending: str, codec: str, fitting: str, films: FilmColorizer, tmp_path: Path
) -> None:
    path = make_clip(tmp_path / "in.mkv", grey=True, frames=4)
    with pytest.raises(UsageError, match=f"{ending} can't hold .*{fitting}"):
        films.colorize_file(path, tmp_path / f"out{ending}", FilmOptions(encoding=Encoding(codec)))


def test_the_source_is_never_replaced(films: FilmColorizer, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "in.mkv", grey=True, frames=4)
    content = path.read_bytes()
    with pytest.raises(OutputError, match="is the source itself"):
        films.colorize_file(path, path, LOSSLESS, overwrite=True)
    assert path.read_bytes() == content


def test_an_older_result_stays(films: FilmColorizer, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "in.mkv", grey=True, frames=4)
    (tmp_path / "out.mkv").write_text("older")
    with pytest.raises(OutputError, match="exists already; use --overwrite"):
        films.colorize_file(path, tmp_path / "out.mkv", LOSSLESS)
    assert (tmp_path / "out.mkv").read_text() == "older"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"codec": "mpeg4"}, "unknown codec"),
        ({"codec": "ffv1", "crf": 3}, "has no crf"),
        ({"crf": 99}, "lies in 0 to 51"),
        ({"preset": "quick"}, "presets of H.264 are"),
        ({"codec": "av1", "chroma": "444"}, "written with chroma 420"),
        ({"codec": "prores", "bits": 8}, "written with 10 bits"),
        ({"bits": 9}, "written with 8 or 10 bits"),
    ],
)
def test_encodings_that_are_none(settings: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Encoding(**settings)  # type: ignore[arg-type]


def test_fields_that_a_codec_has_not(films: FilmColorizer, tmp_path: Path) -> None:
    path = make_clip(tmp_path / "in.mkv", grey=True, frames=4, interlaced=True)
    with pytest.raises(UsageError, match="AV1 has no fields"):
        films.colorize_file(path, tmp_path / "out.mkv", FilmOptions(encoding=Encoding("av1")))


def test_what_is_for_photographs() -> None:
    with pytest.raises(UsageError, match="points is for photographs"):
        FilmOptions(Options(points=(Point(0.5, 0.5, (1, 2, 3)),)))
