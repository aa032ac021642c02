"""Which files are meant, and which are left out."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from helpers.pictures import photograph, write_jpeg
from photochrom.batch.gathering import Gathered, gather, sources_of
from photochrom.batch.signatures import kind_of
from photochrom.errors import InputError, UsageError

JPEG = b"\xff\xd8\xff\xe0 and so on"


def make(folder: Path, *names: str, content: bytes = JPEG) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def found(gathered: Gathered) -> list[str]:
    return [os.path.relpath(one.path, gathered.root) for one in gathered.found]


def left_out(gathered: Gathered) -> dict[str, str]:
    return {os.path.relpath(one.path, gathered.root): one.why for one in gathered.left_out}


def of(*said: object, destination: object = "/nowhere", root: str | None = None) -> Gathered:
    sources = sources_of([str(one) for one in said], null=False, stdin=None)
    return gather(sources, str(destination), root)


def test_a_tree_in_the_order_of_names(tmp_path: Path) -> None:
    make(tmp_path, "b/2.jpg", "b/10.jpg", "a/c/1.jpg", "z.jpg", ".hidden.jpg", ".git/x.jpg")
    make(tmp_path, "notes.txt", "b/2.jpg.photochrom.json", content=b"{}")
    gathered = of(tmp_path)
    assert found(gathered) == ["z.jpg", "a/c/1.jpg", "b/10.jpg", "b/2.jpg"]
    assert gathered.others == 4
    assert not gathered.left_out


def test_several_folders_keep_their_names(tmp_path: Path) -> None:
    make(tmp_path, "1900/a.jpg", "1910/a.jpg", "1920/a.jpg")
    assert found(of(tmp_path / "1900", tmp_path / "1910")) == ["1900/a.jpg", "1910/a.jpg"]
    assert found(of(tmp_path / "1900")) == ["a.jpg"]
    assert found(of(tmp_path / "1900", root=str(tmp_path))) == ["1900/a.jpg"]
    with pytest.raises(UsageError, match="does not lie in"):
        of(tmp_path / "1900", root=str(tmp_path / "1910"))


def test_patterns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/1.jpg", "a/b/2.jpg", "a/b/3.tif", "[x].jpg", "x.jpg")
    monkeypatch.chdir(tmp_path)
    assert found(of("a/**/*.jpg")) == ["1.jpg", "b/2.jpg"]
    assert found(of("a/**")) == ["1.jpg", "b/2.jpg", "b/3.tif"]
    assert found(of("[x].jpg")) == ["[x].jpg"]  # what is there is meant itself
    assert found(of("[xy].jpg")) == ["x.jpg"]
    with pytest.raises(InputError, match=r"nothing fits \*\.png"):
        of("*.png")
    with pytest.raises(InputError, match="no such file or folder: b"):
        of("b")


@pytest.mark.parametrize(("null", "between"), [(False, b"\n"), (False, b"\r\n"), (True, b"\0")])
def test_a_list(
    null: bool, between: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a/1.jpg", "b/2.jpg")
    monkeypatch.chdir(tmp_path)
    listed = between.join([b"a/1.jpg", os.fsencode(tmp_path / "b/2.jpg"), b"./b/../a/1.jpg", b""])
    sources = sources_of(["-"], null, io.BytesIO(listed))
    assert found(gather(sources, "/nowhere")) == ["a/1.jpg", "b/2.jpg"]


def test_a_list_with_the_wrong_ends(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--null"):
        sources_of(["-"], False, io.BytesIO(b"a.jpg\0b.jpg\0"))


def test_names_that_are_hard(tmp_path: Path) -> None:
    names = [b"new\nline.jpg", b"latin\xe9.jpg", b"-dash.jpg", b" .jpg", b"a" * 251 + b".jpg"]
    for name in names:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(JPEG)
    assert {os.fsencode(name) for name in found(of(tmp_path))} == set(names)
    listed = b"\0".join(os.fsencode(tmp_path) + b"/" + name for name in names)
    assert len(gather(sources_of(["-"], True, io.BytesIO(listed)), "/nowhere").found) == 5


def test_links(tmp_path: Path) -> None:
    make(tmp_path, "tree/a.jpg", "tree/sub/b.jpg", "other/c.jpg")
    tree = tmp_path / "tree"
    (tree / "again.jpg").symlink_to("a.jpg")
    (tree / "beyond.jpg").symlink_to("../other/c.jpg")
    (tree / "sub/loop").symlink_to(tree)
    (tree / "gone.jpg").symlink_to("nowhere")
    gathered = of(tree)
    assert found(gathered) == ["a.jpg", "beyond.jpg", "sub/b.jpg"]
    assert {*left_out(gathered)} == {"again.jpg", "gone.jpg", "sub/loop"}
    assert [one.failed for one in gathered.left_out if one.path.endswith("gone.jpg")] == [True]
    (tmp_path / "door").symlink_to(tree)
    assert found(of(tmp_path / "door")) == ["a.jpg", "beyond.jpg", "sub/b.jpg"]  # named: followed


def test_the_same_file_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/1.jpg")
    monkeypatch.chdir(tmp_path / "a")
    assert found(of(".", "1.jpg", "../a/1.jpg", tmp_path / "a", "../a/./1.jpg")) == ["1.jpg"]


def test_destination_within_the_sources(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "out/a.color.jpg", "out/sub/b.jpg")
    assert found(of(tmp_path, destination=tmp_path / "out")) == ["a.jpg"]
    make(tmp_path, "src/a.jpg")
    assert found(of(tmp_path / "src", destination=tmp_path)) == ["a.jpg"]


def test_no_regular_files(tmp_path: Path) -> None:
    """A pipe would be waited for, for ever."""
    os.mkfifo(tmp_path / "pipe.jpg")
    make(tmp_path, "on-its-way.jpg.part")
    assert left_out(of(tmp_path)) == {
        "pipe.jpg": "can't read it: it is no regular file",
        "on-its-way.jpg.part": "its name says that it is not whole yet",
    }
    assert [one.failed for one in of(tmp_path / "pipe.jpg").left_out] == [True]


def test_a_folder_that_is_gone_is_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a/1.jpg", "b/2.jpg")
    real = os.scandir

    def closed(path: str) -> object:
        if str(path).endswith("a"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    gathered = of(tmp_path)
    assert found(gathered) == ["b/2.jpg"]
    assert left_out(gathered) == {"a": "can't look into it: Permission denied"}
    assert gathered.left_out[0].failed


def test_a_film_as_numbered_pictures_is_told_once(tmp_path: Path) -> None:
    make(tmp_path, *(f"reel/{number:04}.dpx" for number in range(5)), content=b"SDPX")
    assert left_out(of(tmp_path)) == {
        "reel": "it holds a film as numbered pictures; photochrom video takes the folder"
    }


def test_deep_trees(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(300):
        deep = deep / "d"
    make(deep, "a.jpg")
    assert len(of(tmp_path).found) == 1


def test_painted_frames_of_a_film_are_no_pictures(tmp_path: Path) -> None:
    make(tmp_path, "film.mp4.keyframes/0_12.png", "lone.keyframes/a.jpg")
    make(tmp_path, "film.mp4", content=b"\0\0\0\x18ftypisom")
    assert found(of(tmp_path)) == ["film.mp4", "lone.keyframes/a.jpg"]


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.dat", JPEG, "photo"),
        ("a.mp4", JPEG, "photo"),
        ("a.jpg", b"\0\0\0\x18ftypisom", "film"),
        ("a.heic", b"\0\0\0\x18ftypheic", "photo"),
        ("a", b"\0\0\0\x18ftypavif", "photo"),
        ("a", b"\x1aE\xdf\xa3", "film"),
        ("a", b"RIFF....AVI LIST", "film"),
        ("a", b"RIFF....WEBPVP8 ", "photo"),
        ("a", b"RIFF....WAVEfmt ", None),
        ("a", b"\0\0\0\x08wide\0\0\0\0mdat", "film"),
        ("a", (b"G" + bytes(187)) * 4, "film"),
        ("a", (bytes(4) + b"G" + bytes(187)) * 4, "film"),
        ("a", b"P5\n2 2\n255\n", "photo"),
        ("a", b"PK\3\4", None),
        ("a.txt", b"II*\0", "photo"),
        ("a.txt", b"", None),
        ("a.jpg", b"", "photo"),
        ("a.MKV", b"????", "film"),
    ],
)
def test_kinds_by_content_then_by_name(
    name: str, head: bytes, kind: str | None, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(head)
    assert kind_of(str(tmp_path / name)) == kind


def test_a_real_picture(tmp_path: Path) -> None:
    write_jpeg(tmp_path / "a", photograph("camera.png", 8))
    assert kind_of(str(tmp_path / "a")) == "photo"
