"""Where a result may go, and that it goes there whole or not at all."""

import os
import resource
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from helpers import profiles
from helpers.pictures import Jpeg, photograph, write_jpeg, write_png
from helpers.reading import facts, pixels
from photochrom import Colorizer
from photochrom.errors import InputError, OutputError, UsageError
from photochrom.files import sink

ENDINGS = ("jpg", "png", "tif", "webp")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A picture in a folder of its own."""
    folder = tmp_path / "in"
    folder.mkdir()
    return write_png(folder / "in.png", photograph("camera.png", 200))


class TestTheSourceItself:
    def refuse(self, source: Path, target: Path, colorizer: Colorizer) -> None:
        before, changed = source.read_bytes(), source.stat().st_mtime_ns
        with pytest.raises(OutputError, match="is the source itself"):
            colorizer.colorize_file(source, target, overwrite=True)
        assert source.read_bytes() == before
        assert source.stat().st_mtime_ns == changed

    def test_same_path(self, source: Path, warm: Colorizer) -> None:
        self.refuse(source, source, warm)

    def test_relative_path(
        self, source: Path, warm: Colorizer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(source.parent)
        self.refuse(source, Path("in.png"), warm)
        self.refuse(Path("in.png"), source, warm)
        self.refuse(source, Path("../in/./in.png"), warm)

    def test_symbolic_link(self, source: Path, warm: Colorizer) -> None:
        link = source.with_name("link.png")
        link.symlink_to(source.name)
        self.refuse(source, link, warm)
        self.refuse(link, source, warm)

    def test_hard_link(self, source: Path, warm: Colorizer) -> None:
        link = source.with_name("link.png")
        link.hardlink_to(source)
        self.refuse(source, link, warm)

    def test_through_a_linked_folder(self, source: Path, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "other").symlink_to("in")
        self.refuse(source, tmp_path / "other" / "in.png", warm)


class TestDestinations:
    def refusal(self, source: Path, target: Path, colorizer: Colorizer) -> str:
        with pytest.raises(OutputError) as caught:
            colorizer.colorize_file(source, target)
        message = str(caught.value)
        assert "\n" not in message
        assert [path.name for path in source.parent.iterdir()] == ["in.png"]
        return message

    def test_exists(self, source: Path, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "out.png").write_bytes(b"precious")
        assert "exists already" in self.refusal(source, tmp_path / "out.png", warm)
        assert (tmp_path / "out.png").read_bytes() == b"precious"

    def test_overwrite(self, source: Path, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "out.png").write_bytes(b"old")
        warm.colorize_file(source, tmp_path / "out.png", overwrite=True)
        assert pixels(tmp_path / "out.png").shape == (200, 200, 3)

    @pytest.mark.parametrize("overwrite", [False, True])
    def test_folder(self, overwrite: bool, source: Path, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "out.png").mkdir()
        with pytest.raises(OutputError, match="is a folder"):
            warm.colorize_file(source, tmp_path / "out.png", overwrite=overwrite)

    def test_no_folder(self, source: Path, warm: Colorizer, tmp_path: Path) -> None:
        assert "no such folder" in self.refusal(source, tmp_path / "no" / "out.png", warm)

    def test_folder_that_is_a_file(self, source: Path, warm: Colorizer, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        self.refusal(source, tmp_path / "file" / "out.png", warm)

    def test_place_where_nobody_can_write(self, source: Path, warm: Colorizer) -> None:
        """Tests may run as root, to whom permissions mean nothing; /proc means it."""
        self.refusal(source, Path("/proc/self/out.png"), warm)

    def test_folder_without_permission(
        self, source: Path, warm: Colorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Root may write anywhere, so the answer of the system is given here."""
        monkeypatch.setattr(os, "access", lambda path, mode: False)
        assert "can't write into" in self.refusal(source, tmp_path / "out.png", warm)

    def test_name_that_no_file_can_have(
        self, source: Path, warm: Colorizer, tmp_path: Path
    ) -> None:
        assert "too long" in self.refusal(source, tmp_path / ("n" * 300 + ".png"), warm)
        assert [path.name for path in tmp_path.iterdir()] == ["in"]

    @pytest.mark.parametrize("letter", ["n", "é", "写"])
    def test_longest_name(self, letter: str, source: Path, warm: Colorizer, tmp_path: Path) -> None:
        """255 bytes, so a temporary name must not be longer than the target's."""
        name = letter * (251 // len(letter.encode())) + ".png"
        warm.colorize_file(source, tmp_path / name)
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["in", name])

    @pytest.mark.parametrize("name", ["out.gif", "out", "out.", ".png", "out.png.bak"])
    def test_endings_that_cannot_be_written(
        self, name: str, source: Path, warm: Colorizer, tmp_path: Path
    ) -> None:
        with pytest.raises(UsageError, match=r"\.jpg, \.jpeg, \.png, \.tif"):
            warm.colorize_file(source, tmp_path / name)

    def test_refused_before_any_work(self, tmp_path: Path, warm: Colorizer) -> None:
        """The source is not even opened: here it does not exist."""
        (tmp_path / "out.png").touch()
        with pytest.raises(OutputError):
            warm.colorize_file(tmp_path / "missing.png", tmp_path / "out.png")
        with pytest.raises(InputError):
            warm.colorize_file(tmp_path / "missing.png", tmp_path / "other.png")


@contextmanager
def small_files_only(largest: int) -> Iterator[None]:
    """Writing more than this many bytes to a file fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestWholeOrNotAtAll:
    @pytest.mark.parametrize("ending", ENDINGS)
    def test_full_disk(self, ending: str, source: Path, warm: Colorizer, tmp_path: Path) -> None:
        target = tmp_path / f"out.{ending}"
        with pytest.raises(OutputError) as caught, small_files_only(4096):
            warm.colorize_file(source, target)
        assert "\n" not in str(caught.value)
        assert str(target) in str(caught.value)
        assert [path.name for path in tmp_path.iterdir()] == ["in"]

    @pytest.mark.parametrize("ending", ENDINGS)
    def test_full_disk_keeps_the_older_output(
        self, ending: str, source: Path, warm: Colorizer, tmp_path: Path
    ) -> None:
        target = tmp_path / f"out.{ending}"
        target.write_bytes(b"older")
        with pytest.raises(OutputError), small_files_only(4096):
            warm.colorize_file(source, target, overwrite=True)
        assert target.read_bytes() == b"older"

    def test_renaming_fails(
        self, source: Path, warm: Colorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(self: Path, target: Path) -> None:
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(Path, "replace", fail)
        with pytest.raises(OutputError, match="Input/output error"):
            warm.colorize_file(source, tmp_path / "out.png")
        assert [path.name for path in tmp_path.iterdir()] == ["in"]

    def test_durable_before_it_has_its_name(
        self, source: Path, warm: Colorizer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target, happened = tmp_path / "out.png", []
        monkeypatch.setattr(os, "fsync", lambda file: happened.append(target.exists()))
        warm.colorize_file(source, target)
        assert happened[0] is False
        assert target.exists()

    def test_permissions_are_those_of_a_new_file(
        self, source: Path, warm: Colorizer, tmp_path: Path
    ) -> None:
        (tmp_path / "new").touch()
        warm.colorize_file(source, tmp_path / "out.png")
        modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("new", "out.png")]
        assert modes[0] == modes[1]

    def test_link_as_output_is_replaced_not_followed(
        self, source: Path, warm: Colorizer, tmp_path: Path
    ) -> None:
        (tmp_path / "elsewhere.png").write_bytes(b"precious")
        (tmp_path / "out.png").symlink_to("elsewhere.png")
        warm.colorize_file(source, tmp_path / "out.png", overwrite=True)
        assert (tmp_path / "elsewhere.png").read_bytes() == b"precious"

    def test_source_is_not_touched(self, source: Path, warm: Colorizer, tmp_path: Path) -> None:
        before, changed = source.read_bytes(), source.stat().st_mtime_ns
        for ending in ENDINGS:
            warm.colorize_file(source, tmp_path / f"out.{ending}")
        assert source.read_bytes() == before
        assert source.stat().st_mtime_ns == changed


class TestProfilesForPng:
    """libpng refuses to write what others accept, and the whole picture with it."""

    @pytest.mark.parametrize("change", ["odd length", "filling", "intent"])
    def test_profile_is_made_acceptable(self, change: str, warm: Colorizer, tmp_path: Path) -> None:
        icc = profiles.ADOBE.icc
        assert icc is not None
        changed = {
            "odd length": struct.pack(">I", len(icc) + 1) + icc[4:8] + b"\4" + icc[9:] + b"\0",
            "filling": icc + bytes(5),
            "intent": icc[:64] + b"\1\1\0\1" + icc[68:],
        }[change]
        write_jpeg(tmp_path / "in.jpg", photograph("coffee.png", 60), Jpeg(icc=changed))
        warm.colorize_file(tmp_path / "in.jpg", tmp_path / "out.png")
        kept = facts(tmp_path / "out.png").icc
        assert kept is not None
        np.testing.assert_array_equal(profiles.held_luminance(kept), profiles.held_luminance(icc))

    def test_large_pictures_become_bigtiff(self) -> None:
        """4 GB is classic TIFF's end; compression may save nothing, so pixels are what counts."""
        assert sink.BIG_TIFF < 1 << 32
