"""Whole files: what is kept, what is refused, masks and infrared."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from helpers.damage import ORANGE_BASE, dusty, faded, infrared, negative, sepia
from helpers.pictures import DESCRIBED, MAKE, Pixels, Tiff, photograph, write_png, write_tiff
from helpers.profiles import GREY_GAMMA
from helpers.reading import facts, pixels
from photochrom.errors import InputError, OutputError, UsageError
from photochrom.files.pulling import Watch
from photochrom.files.source import PictureFile, open_source
from photochrom.report import Report
from photochrom.restoration.options import Restoration, parse_steps
from photochrom.restoration.plan import planned
from photochrom.restoration.restorer import restore_file

DUST = dusty(photograph("chelsea.png"))


def restore(source: Path, steps: str, name: str = "out.tif", **more: object) -> Report:
    options = Restoration(parse_steps(steps), **more)  # type: ignore[arg-type]
    return restore_file(source, source.with_name(name), options, overwrite=True)


def closer(path: Path) -> bool:
    """Whether the file is nearer to the clean picture than the damaged one is."""
    clean = photograph("chelsea.png").astype(int)
    place = DUST.truth
    before = np.abs(DUST.picture[place] - clean[place]).mean()
    return bool(np.abs(pixels(path)[place] - clean[place]).mean() < before / 4)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    return write_png(tmp_path / "scan.png", DUST.picture)


class TestWhatIsKept:
    def test_metadata_profile_and_depth(self, tmp_path: Path) -> None:
        deep = faded(photograph("camera.png")).astype(np.uint16) * 257
        how = Tiff(dpi=300, icc=GREY_GAMMA.icc, description=DESCRIBED, codec="lzw")
        write_tiff(tmp_path / "a.tif", deep, how)
        restore(tmp_path / "a.tif", "levels")
        after = facts(tmp_path / "out.tif")
        assert (after.dpi, after.icc, after.main[MAKE]) == (
            (300, 300),
            GREY_GAMMA.icc,
            "Zeiss Ikon",
        )
        assert after.xmp is None  # no model coloured it
        result = pixels(tmp_path / "out.tif")
        assert result.dtype == np.uint16
        assert result.squeeze().shape == deep.shape

    def test_alpha(self, tmp_path: Path) -> None:
        alpha = np.arange(90 * 90, dtype=np.uint8).reshape(90, 90)
        picture = np.dstack((faded(photograph("astronaut.png", 90)), alpha))
        restore(write_png(tmp_path / "a.png", picture), "levels,contrast", "b.png")
        assert (pixels(tmp_path / "b.png")[..., 3] == alpha).all()

    def test_no_steps_change_no_pixel(self, scan: Path) -> None:
        report = restore(scan, "none")
        assert (pixels(scan.with_name("out.tif")) == DUST.picture).all()
        assert "nothing was changed" in report.notes[-1]

    def test_auto_leaves_a_sound_picture_alone(self, tmp_path: Path) -> None:
        picture = photograph("chelsea.png")
        restore(write_png(tmp_path / "a.png", picture), "auto")
        assert (pixels(tmp_path / "out.tif") == picture).all()


class TestAutomatic:
    def test_a_color_negative_is_inverted(self, tmp_path: Path) -> None:
        write_tiff(tmp_path / "a.tif", negative(photograph("astronaut.png"), ORANGE_BASE))
        report = restore(tmp_path / "a.tif", "auto")
        done = {finding.step: finding.done for finding in report.findings}
        assert done["negative"]
        truth = photograph("astronaut.png")[25:-25, 25:-25]
        assert np.abs(pixels(tmp_path / "out.tif")[25:-25, 25:-25] / 257 - truth).mean() < 15

    def test_tone_is_suggested_and_kept_while_the_model_sees_grey(self, tmp_path: Path) -> None:
        print_ = sepia(photograph("camera.png", 128))
        path = write_png(tmp_path / "a.png", print_)
        with planned(PictureFile(path), 0, Restoration(None), Watch()) as plan:
            written = plan.restored(open_source(path)).color.numpy()
            seen = plan.seen(open_source(path)).color.numpy()
        assert (written == print_).all()
        assert (seen.max(-1) == seen.min(-1)).all()

    def test_dust_without_infrared_is_only_suggested(self, scan: Path) -> None:
        findings = restore(scan, "auto").findings
        assert next((f.step, f.done, f.sure) for f in findings) == ("dust", False, 0.5)


class TestMask:
    def test_it_is_written_edited_and_taken_again(self, scan: Path, tmp_path: Path) -> None:
        mask = tmp_path / "mask.png"
        restore(scan, "dust", mask_out=mask)
        assert np.asarray(Image.open(mask).convert("L")).shape == DUST.truth.shape
        Image.fromarray(DUST.truth).save(mask)
        restore(scan, "dust", mask=mask)
        result = pixels(tmp_path / "out.tif")
        assert closer(tmp_path / "out.tif")
        assert (result[~DUST.truth] == DUST.picture[~DUST.truth]).all()

    def test_it_is_upright_as_the_person_sees_the_picture(self, tmp_path: Path) -> None:
        write_tiff(tmp_path / "a.tif", DUST.picture, Tiff(orientation=6))
        Image.fromarray(np.rot90(DUST.truth, -1)).save(tmp_path / "mask.png")
        again = tmp_path / "again.png"
        restore(tmp_path / "a.tif", "dust", mask=tmp_path / "mask.png", mask_out=again)
        assert closer(tmp_path / "out.tif")
        assert (np.asarray(Image.open(again)) == np.rot90(DUST.truth, -1)).all()

    def test_another_size_is_refused(self, scan: Path, tmp_path: Path) -> None:
        Image.new("L", (30, 20)).save(tmp_path / "mask.png")
        with pytest.raises(InputError, match="30 x 20"):
            restore(scan, "dust", mask=tmp_path / "mask.png")
        assert not (tmp_path / "out.tif").exists()

    def test_an_empty_one_changes_nothing(self, scan: Path, tmp_path: Path) -> None:
        Image.new("L", DUST.truth.shape[::-1]).save(tmp_path / "mask.png")
        assert not restore(scan, "dust", mask=tmp_path / "mask.png").findings[0].done

    @pytest.mark.parametrize("name", ["mask.jpg", "scan.png", "none/mask.png"])
    def test_places_where_it_cannot_go(self, name: str, scan: Path) -> None:
        options = Restoration(("dust",), mask_out=scan.parent / name)
        with pytest.raises((UsageError, OutputError)):
            restore_file(scan, scan.with_name("out.tif"), options)
        assert not scan.with_name("out.tif").exists()


class TestInfrared:
    @staticmethod
    def pages(path: Path, *pictures: Pixels) -> Path:
        first, *others = [Image.fromarray(picture) for picture in pictures]
        first.save(path, save_all=True, append_images=others)
        return path

    def test_a_page_is_found(self, tmp_path: Path) -> None:
        scan = self.pages(tmp_path / "a.tif", DUST.picture, infrared(DUST))
        report = restore(scan, "auto")
        assert "infrared (page 2)" in report.findings[0].seen
        assert closer(tmp_path / "out.tif")

    @pytest.mark.parametrize("where", ["page:2", "file"])
    def test_it_is_where_the_person_says(self, where: str, tmp_path: Path) -> None:
        scan = self.pages(tmp_path / "a.tif", DUST.picture, infrared(DUST))
        alone = write_png(tmp_path / "ir.png", infrared(DUST))
        restore(scan, "dust", infrared=str(alone) if where == "file" else where)
        assert closer(tmp_path / "out.tif")

    def test_a_band(self, tmp_path: Path) -> None:
        write_png(tmp_path / "a.png", np.dstack((DUST.picture, infrared(DUST))))
        report = restore(tmp_path / "a.png", "dust", infrared="band:4")
        assert pixels(tmp_path / "out.tif").shape[2] == 3
        assert any("infrared band" in note for note in report.notes)
        assert closer(tmp_path / "out.tif")

    def test_silver_is_told_from_dust(self, tmp_path: Path) -> None:
        grey = DUST.picture.mean(-1).astype(np.uint8)
        scan = self.pages(tmp_path / "a.tif", DUST.picture, grey)
        assert "shows silver" in restore(scan, "dust").findings[0].seen

    @pytest.mark.parametrize("where", ["band:4", "band:9", "page:2", "missing.tif"])
    def test_none_there(self, where: str, scan: Path) -> None:
        with pytest.raises(InputError):
            restore(scan, "dust", infrared=where)

    def test_another_size(self, scan: Path, tmp_path: Path) -> None:
        write_png(tmp_path / "ir.png", infrared(DUST)[:50])
        with pytest.raises(InputError, match="one scan"):
            restore(scan, "dust", infrared=str(tmp_path / "ir.png"))


@pytest.mark.parametrize("text", ["", "dust,", "Dust", "dust;tone", "auto,dust"])
def test_steps_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(UsageError, match="step"):
        Restoration(parse_steps(text))


@pytest.mark.parametrize("text", ["band:", "page:0", "band:x", "page:-1"])
def test_infrared_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(UsageError, match="infrared"):
        Restoration(("dust",), infrared=text)
