"""Everything that a film holds beside its picture comes out as it went in."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
import pytest

from helpers.clips import Track, Words, make_clip
from photochrom.video.colorizer import FilmColorizer
from photochrom.video.container.codecs import Encoding
from photochrom.video.options import FilmOptions

THREE = (
    Track(language="eng", title="Director"),
    Track(language="ger", pitch=600),
    Track(language="fre", pitch=800, start=Fraction(1, 5)),
)
VARIABLE = [0, 40, 81, 119, 300, 341, 380, 1000, 1017, 1060, 1500, 1541]
CLIPS: Mapping[str, Mapping[str, Any]] = {
    "silent": {},
    "one track": {"sound": (Track(language="eng"),)},
    "three tracks": {"sound": THREE},
    "subtitles": {"sound": (Track(),), "subtitles": (Words("mov_text", "eng"),)},
    "chapters": {"chapters": ("Morning", "Nöon", "Evening"), "frames": 50},
    "variable": {"times": VARIABLE, "time_base": Fraction(1, 1000), "sound": (Track(),)},
    "late": {"start": Fraction(1, 2), "sound": (Track(start=Fraction(1, 2)),)},
    "told": {"metadata": {"title": "Home", "artist": "Ann", "comment": "From the attic."}},
    "cover": {"cover": True, "sound": (Track(),)},
    "turned": {"rotation": 270},
    "tagged": {"video_metadata": {"language": "ger", "title": "Reel", "handler_name": "Cam"}},
}
MATROSKA: Mapping[str, Mapping[str, Any]] = {
    **{name: value for name, value in CLIPS.items() if name not in ("subtitles", "cover")},
    "attachment": {"attachment": b"a note for whoever reads it"},
    "subrip": {"subtitles": (Words("subrip", "eng"), Words("ass", "ger"))},
    "opus and pcm": {"sound": (Track("libopus"), Track("pcm_s16le"))},
}
QUICKTIME: Mapping[str, Mapping[str, Any]] = {
    **{name: value for name, value in CLIPS.items() if name != "cover"},
    "time code": {"video_metadata": {"timecode": "01:02:03:04"}, "sound": (Track(),)},
}
KINDS = {".mp4": CLIPS, ".mov": QUICKTIME, ".mkv": MATROSKA}
CASES = [(ending, name) for ending, clips in KINDS.items() for name in clips]


@pytest.mark.parametrize(("ending", "name"), CASES)
def test_streams_stay(ending: str, name: str, films: FilmColorizer, tmp_path: Path) -> None:
    clip: dict[str, Any] = {
        "frames": 12,
        "grey": True,
        "options": {"preset": "ultrafast", "bf": "2"},
    }
    clip |= KINDS[ending][name]
    source = make_clip(tmp_path / f"in{ending}", **clip)
    target = tmp_path / f"out{ending}"
    films.colorize_file(source, target, FilmOptions(encoding=Encoding(preset="ultrafast")))
    assert others(target) == others(source)
    assert chapters(target) == chapters(source)
    assert told(target) == {**told(source), "comment": told(target)["comment"]}
    assert told(target)["comment"].startswith(told(source).get("comment", "Colorized by"))
    assert shown(target) == pytest.approx(shown(source), abs=0.001)
    assert turned(target) == turned(source)
    assert of_picture(target) == of_picture(source)


@pytest.mark.parametrize("codec", ["h265", "av1", "prores", "ffv1"])
def test_time_stamps_with_every_codec(codec: str, films: FilmColorizer, tmp_path: Path) -> None:
    clip: dict[str, Any] = {
        "grey": True,
        "times": VARIABLE,
        "time_base": Fraction(1, 1000),
        "size": (96, 64),
    }
    source = make_clip(tmp_path / "in.mkv", **clip, sound=(Track(),))
    target = tmp_path / "out.mkv"
    films.colorize_file(source, target, FilmOptions(encoding=Encoding(codec)))
    assert shown(target) == pytest.approx(shown(source), abs=0.001)
    assert others(target) == others(source)


def test_what_is_lost_is_told(films: FilmColorizer, tmp_path: Path) -> None:
    source = make_clip(
        tmp_path / "in.mkv",
        grey=True,
        sound=(Track("libopus"), Track("pcm_s16le", language="ger")),
        attachment=b"a note",
        subtitles=(Words("ass", "eng"),),
    )
    plan = films.plan(source, tmp_path / "out.mp4")
    report = films.colorize_file(source, tmp_path / "out.mp4")
    lost = [note for note in report.notes if "left out" in note]
    assert [note for note in plan.notes if "left out" in note] == lost
    assert [note.split(" is left out")[0] for note in lost] == [
        "sound 2 pcm_s16le ger",
        "subtitles 3 ass eng",
        "the attachment 4 none note.txt",
    ]
    assert list(others(tmp_path / "out.mp4")) == ["1 audio und None"]


@pytest.mark.parametrize(("there", "back"), [(".mp4", ".mkv"), (".mkv", ".mp4")])
def test_words_stay_in_another_container(
    there: str, back: str, films: FilmColorizer, tmp_path: Path
) -> None:
    codec = {".mp4": "mov_text", ".mkv": "subrip"}
    words = (Words(codec[there], "eng"),)
    source = make_clip(tmp_path / f"in{there}", grey=True, frames=50, subtitles=words)
    report = films.colorize_file(source, tmp_path / f"out{back}")
    assert f"become {codec[back]}" in report.notes[-1]
    assert lines(tmp_path / f"out{back}") == lines(source)
    assert [time for _, time in lines(source)] == [0.0, 0.12, 0.24]


def lines(path: Path) -> list[Any]:
    """Text and time of subtitles."""
    with av.open(str(path)) as container:
        stream = container.streams.subtitles[0]
        packets: Any = [
            (packet, packet.decode()) for packet in container.demux(stream) if packet.size
        ]
        return [
            (line.dialogue.decode(), round(float(packet.pts * packet.time_base), 3))
            for packet, decoded in packets
            for line in decoded
            if line.dialogue
        ]


def others(path: Path) -> dict[str, list[Any]]:
    """Payload, time and length of every packet but the picture's, by stream."""
    found: dict[str, list[Any]] = {}
    with av.open(str(path)) as container:
        listed: Any = container.streams
        for stream in listed:
            if stream.type == "attachment":
                found[f"{stream.index} attachment"] = [stream.name, stream.data]
        packets: Any = container.demux()
        for packet in packets:
            stream = packet.stream
            if not packet.size or stream.index == 0:
                continue
            name = f"{stream.index} {stream.type} {stream.metadata.get('language')}"
            title = stream.metadata.get("title")
            rounded = round(float((packet.pts or 0) * packet.time_base), 3)
            found.setdefault(f"{name} {title}", []).append((bytes(packet), rounded))
    return found


def chapters(path: Path) -> list[Any]:
    with av.open(str(path)) as container:
        return [
            (round(float(one["start"] * one["time_base"]), 2), dict(one["metadata"]))
            for one in cast("list[Any]", container.chapters())
        ]


def told(path: Path) -> dict[str, str]:
    ours = ("encoder", "major_brand", "minor_version", "compatible_brands")
    with av.open(str(path)) as container:
        return {
            name.lower(): value
            for name, value in container.metadata.items()
            if name.lower() not in ours
        }


def shown(path: Path) -> list[float]:
    """When each frame is shown, in seconds."""
    with av.open(str(path)) as container:
        return [float(frame.time) for frame in container.decode(video=0)]


def of_picture(path: Path) -> dict[str, str]:
    with av.open(str(path)) as container:
        told = container.streams.video[0].metadata
        names = ("language", "title", "timecode", "handler_name")
        return {name: told[name] for name in names if name in told}


def turned(path: Path) -> int:
    with av.open(str(path)) as container:
        return next(container.decode(video=0)).rotation
