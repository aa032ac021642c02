"""Reading ICC profiles: every curve type, against formulas and littleCMS, and any damage."""

import io
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import pyvips
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import ImageCms

from helpers import profiles
from helpers.lightness import by_lcms, of_luminance
from helpers.pictures import Tiff, write_tiff
from helpers.profiles import (
    gamma_curve,
    grey_icc,
    identity_curve,
    parametric_curve,
    rgb_icc,
    sampled_curve,
    tag,
)
from photochrom.color.profile import (
    ProfileError,
    TableProfileError,
    ToneProfile,
    default_profile,
    parse_profile,
    rgb_profile,
)

Floats = NDArray[np.floating]

X = np.linspace(0, 1, 65536)

SAMPLES = np.array([0, 0.02, 0.1, 0.5, 1.0])
"""Too few for a smooth curve: between them it runs straight."""

CURVES: dict[str, tuple[bytes, Callable[[Floats], Floats]]] = {
    "curv 0": (identity_curve(), lambda x: x),
    "curv 1": (gamma_curve(2.5), lambda x: x**2.5),
    "curv 2": (sampled_curve(np.array([0.0, 1.0])), lambda x: x),
    "curv n": (
        sampled_curve(SAMPLES),
        lambda x: np.interp(x, np.linspace(0, 1, 5), np.rint(SAMPLES * 65535) / 65535),
    ),
    "para 0": (parametric_curve(0, 1.75), lambda x: x**1.75),
    "para 1": (
        parametric_curve(1, 2.0, 0.75, 0.25),
        lambda x: (0.75 * x + 0.25) ** 2.0,
    ),
    "para 1, cut": (
        parametric_curve(1, 2.0, 1.25, -0.25),
        lambda x: np.where(x >= 0.2, np.maximum(1.25 * x - 0.25, 0) ** 2, 0),
    ),
    "para 2": (
        parametric_curve(2, 2.0, 0.75, -0.0, 0.4375),
        lambda x: (0.75 * x) ** 2 + 0.4375,
    ),
    "para 3": (
        parametric_curve(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
        lambda x: np.where(x >= 0.04045, ((x + 0.055) / 1.055) ** 2.4, x / 12.92),
    ),
    "para 4": (
        parametric_curve(4, 2.0, 0.9375, 0.0, 0.25, 0.25, 0.0625, 3600 / 65536),
        lambda x: np.where(x >= 0.25, (0.9375 * x) ** 2 + 0.0625, 0.25 * x + 3600 / 65536),
    ),
}

cases = pytest.mark.parametrize(("curve", "formula"), CURVES.values(), ids=CURVES.keys())


@cases
class TestCurves:
    def test_grey(self, curve: bytes, formula: Callable[[Floats], Floats]) -> None:
        parsed = parse_profile(grey_icc(curve))
        for band in parsed.curves:
            np.testing.assert_allclose(band, np.clip(formula(X), 0, 1), atol=4e-5)

    def test_rgb(self, curve: bytes, formula: Callable[[Floats], Floats]) -> None:
        icc = rgb_icc(profiles.ADOBE_COLUMNS, curve)
        parsed = parse_profile(icc)
        assert parsed.icc == icc
        np.testing.assert_allclose(parsed.matrix, profiles.ADOBE_COLUMNS, atol=1e-5)
        np.testing.assert_allclose(parsed.curves[1], np.clip(formula(X), 0, 1), atol=4e-5)

    def test_as_littlecms(
        self, curve: bytes, formula: Callable[[Floats], Floats], tmp_path: Path
    ) -> None:
        """On tones that are not dark littleCMS is right to 0.1 L*, but where its 33 steps bend."""
        del formula
        codes = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, axis=2)
        icc = rgb_icc(profiles.ADOBE_COLUMNS, curve)
        write_tiff(tmp_path / "codes.tif", codes, Tiff(icc=icc))
        theirs = by_lcms(tmp_path / "codes.tif")[0]
        ours = of_luminance(parse_profile(grey_icc(curve)).curves[0, ::257].astype(float))
        light = theirs > 20
        assert light.sum() > 100
        assert np.quantile(np.abs(ours - theirs)[light], 0.9) <= 0.1

    def test_goes_into_an_rgb_profile_that_littlecms_takes(
        self, curve: bytes, formula: Callable[[Floats], Floats]
    ) -> None:
        icc = parse_profile(grey_icc(curve)).icc
        assert icc is not None
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(icc)).profile
        assert theirs.xcolor_space == "RGB "
        assert theirs.is_matrix_shaper
        again = parse_profile(icc)
        np.testing.assert_allclose(again.curves[2], np.clip(formula(X), 0, 1), atol=4e-5)


class TestKnownProfiles:
    @pytest.mark.parametrize("profile", profiles.RGB_PROFILES[1:], ids=lambda p: p.name)
    def test_primaries_as_littlecms_reads_them(self, profile: profiles.Profile) -> None:
        assert profile.icc is not None
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile.icc)).profile
        parsed = parse_profile(profile.icc)
        for band, name in enumerate(("red_colorant", "green_colorant", "blue_colorant")):
            np.testing.assert_allclose(parsed.matrix[:, band], getattr(theirs, name)[0], atol=1e-6)

    @pytest.mark.parametrize("profile", profiles.RGB_PROFILES, ids=lambda p: p.name)
    def test_curve_and_luminance(self, profile: profiles.Profile) -> None:
        parsed = parse_profile(profile.icc) if profile.icc else default_profile()
        np.testing.assert_allclose(parsed.curves[0], profile.decode(X), atol=2e-5)
        np.testing.assert_allclose(parsed.matrix[1], profile.luminance, atol=2e-5)

    def test_srgb_is_as_good_as_none(self) -> None:
        assert profiles.SRGB.icc is not None
        parsed = parse_profile(profiles.SRGB.icc)
        np.testing.assert_allclose(parsed.curves, default_profile().curves, atol=3e-5)

    def test_white_is_neutral(self) -> None:
        assert profiles.PROPHOTO.icc is not None
        parsed = parse_profile(profiles.PROPHOTO.icc)
        np.testing.assert_allclose(parsed.white, profiles.D50, atol=1e-3)

    def test_grey_has_the_primaries_of_srgb(self) -> None:
        parsed = parse_profile(grey_icc(gamma_curve(2.2)))
        np.testing.assert_allclose(parsed.matrix, profiles.SRGB_COLUMNS, atol=2e-4)


class TestGreyThroughLab:
    """In a grey profile whose connection space is L*a*b* the curve gives L*, not light."""

    ICC = profiles.assemble(b"GRAY", {b"kTRC": gamma_curve(1.0)}, connection=b"Lab ")

    def test_curve(self) -> None:
        curve = parse_profile(self.ICC).curves[0].astype(float)
        np.testing.assert_allclose(of_luminance(curve), X * 100, atol=0.01)

    def test_as_littlecms(self, tmp_path: Path) -> None:
        codes = np.arange(256, dtype=np.uint8)[None]
        write_tiff(tmp_path / "codes.tif", codes, Tiff(icc=self.ICC))
        ours = of_luminance(parse_profile(self.ICC).curves[0, ::257].astype(float))
        np.testing.assert_allclose(ours, by_lcms(tmp_path / "codes.tif")[0], atol=0.05)

    def test_becomes_an_rgb_profile_of_light(self) -> None:
        icc = parse_profile(self.ICC).icc
        assert icc is not None
        assert icc[20:24] == b"XYZ "
        again = parse_profile(icc)
        np.testing.assert_allclose(again.curves, parse_profile(self.ICC).curves, atol=1e-5)


class TestRgbProfile:
    def test_littlecms_makes_neutral_greys_of_it(self) -> None:
        icc = rgb_profile(gamma_curve(1.8))
        grey = pyvips.Image.identity().bandjoin([pyvips.Image.identity()] * 2)
        grey = grey.copy(interpretation="srgb").copy()
        grey.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
        measured = grey.icc_import(embedded=True, pcs="lab", intent="relative").numpy()[0]
        expected = of_luminance((np.arange(256) / 255) ** (461 / 256))
        np.testing.assert_allclose(measured[64:, 0], expected[64:], atol=0.1)
        np.testing.assert_allclose(measured[64:, 1:], 0, atol=0.1)

    def test_header(self) -> None:
        icc = rgb_profile(gamma_curve(1.8))
        assert struct.unpack_from(">I", icc)[0] == len(icc)
        (count,) = struct.unpack_from(">I", icc, 128)
        for index in range(count):
            _, offset, size = struct.unpack_from(">4sII", icc, 132 + 12 * index)
            assert offset % 4 == 0
            assert offset + size <= len(icc)


class TestNotForUs:
    def test_lut_profile(self) -> None:
        icc = profiles.assemble(b"RGB ", {b"A2B0": tag(b"mft2", bytes(100))})
        with pytest.raises(TableProfileError, match="RGB"):
            parse_profile(icc)

    def test_lut_beside_a_matrix(self) -> None:
        """The tables take precedence (ICC.1, 8.3), so the matrix must not be used."""
        primaries = {
            name: profiles.xyz(profiles.ADOBE_COLUMNS[:, band])
            for band, name in enumerate((b"rXYZ", b"gXYZ", b"bXYZ"))
        }
        curves = dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), gamma_curve(2.2))
        tables = {b"A2B0": tag(b"mft2", bytes(100))}
        with pytest.raises(TableProfileError):
            parse_profile(profiles.assemble(b"RGB ", {**primaries, **curves, **tables}))

    def test_cmyk(self) -> None:
        with pytest.raises(TableProfileError, match="CMYK"):
            parse_profile(profiles.assemble(b"CMYK", {b"A2B0": tag(b"mft2", bytes(100))}))

    def test_libvips_own_cmyk(self) -> None:
        icc = pyvips.Image.black(1, 1, bands=3).copy(interpretation="srgb").icc_transform("cmyk")
        with pytest.raises(TableProfileError):
            parse_profile(icc.get("icc-profile-data"))


BAD_CURVES = {
    "flat": sampled_curve(np.full(9, 0.5)),
    "falling": sampled_curve(np.linspace(1, 0, 9)),
    "gamma 0": gamma_curve(0),
    "para gamma 0": parametric_curve(0, 0),
    "para negative gamma": parametric_curve(0, -1.5),
    "para without slope": parametric_curve(1, 2.0, 0.0, 0.5),
    "para without slope, with offset": parametric_curve(2, 2.0, 0.0, 0.5, 0.1),
    "para overflow": parametric_curve(1, 30000.0, 30000.0, 30000.0),
    "para 5": parametric_curve(5, 1.0),
    "para cut": parametric_curve(3, 2.4, 1.0)[:14],
    "curv cut": sampled_curve(np.linspace(0, 1, 9))[:-1],
    "curv of 4 billion": tag(b"curv", struct.pack(">I", 0xFFFFFFFF)),
    "other type": tag(b"curf", bytes(20)),
    "empty": b"",
}


def kept_by_libvips(icc: bytes, ending: str) -> bytes | None:
    """The profile of a picture that libvips wrote with `icc` and read again."""
    picture = pyvips.Image.black(4, 4, bands=3).copy(interpretation="srgb").copy()
    picture.set_type(pyvips.GValue.blob_type, "icc-profile-data", icc)
    again = pyvips.Image.new_from_buffer(picture.write_to_buffer(ending), "")
    if not again.get_typeof("icc-profile-data"):
        return None
    return bytes(again.get("icc-profile-data"))


class TestContainers:
    def test_filling_behind_the_profile_is_dropped(self) -> None:
        assert profiles.ADOBE.icc is not None
        for filling in (b"\0", bytes(1000)):
            assert parse_profile(profiles.ADOBE.icc + filling).icc == profiles.ADOBE.icc

    @pytest.mark.parametrize("ending", [".jpg", ".tif"])
    def test_what_is_accepted_can_be_written(self, ending: str) -> None:
        """Else a picture in a wide space would lose its profile without a word."""
        assert profiles.ADOBE.icc is not None
        for position in (*range(36), *range(40, 128)):
            icc = bytearray(profiles.ADOBE.icc)
            icc[position] ^= 0xFF
            with suppress(ProfileError, TableProfileError):
                accepted = parse_profile(bytes(icc)).icc
                assert accepted is not None
                assert kept_by_libvips(accepted, ending) == accepted, position


class TestDamage:
    @pytest.mark.parametrize("curve", BAD_CURVES.values(), ids=BAD_CURVES.keys())
    def test_curves(self, curve: bytes) -> None:
        with pytest.raises(ProfileError):
            parse_profile(grey_icc(curve))
        with pytest.raises(ProfileError):
            parse_profile(rgb_icc(profiles.ADOBE_COLUMNS, curve))

    def test_dips_are_levelled(self) -> None:
        values = np.linspace(0, 1, 11)
        values[5] = 0.2
        curve = parse_profile(grey_icc(sampled_curve(values))).curves[0]
        assert (np.diff(curve) >= 0).all()
        assert curve[-1] == 1

    def test_one_primary_three_times(self) -> None:
        columns = np.repeat(profiles.ADOBE_COLUMNS[:, :1], 3, axis=1)
        with pytest.raises(ProfileError, match="colour space"):
            parse_profile(rgb_icc(columns, gamma_curve(2.2)))

    @pytest.mark.parametrize("length", [0, 1, 36, 40, 127, 131, 132, 140, 200, 400])
    def test_cut_off(self, length: int) -> None:
        assert profiles.ADOBE.icc is not None
        with pytest.raises(ProfileError):
            parse_profile(profiles.ADOBE.icc[:length])

    @pytest.mark.parametrize("name", [b"a\nb\r", b"\0\1\2\3", b"\xff\xfe\x85\x0b"])
    def test_messages_are_one_line(self, name: bytes) -> None:
        assert profiles.ADOBE.icc is not None
        icc = bytearray(profiles.ADOBE.icc)
        icc[132:144] = name + struct.pack(">II", 0, 0xFFFFFFF)
        with pytest.raises(ProfileError) as caught:
            parse_profile(bytes(icc))
        assert str(caught.value).isprintable()

    @pytest.mark.parametrize("space", [b"\n\r\n\n", b"\0\0\0\0", b"\x85\x85\x85\x85"])
    def test_messages_name_the_space_in_one_line(self, space: bytes) -> None:
        with pytest.raises(TableProfileError) as caught:
            parse_profile(profiles.assemble(space, {}))
        assert str(caught.value).isprintable()

    @settings(max_examples=300, deadline=None)
    @given(icc=st.binary(max_size=600))
    @example(icc=bytes(128))
    def test_any_bytes(self, icc: bytes) -> None:
        check_parses_or_says_why(icc)

    @settings(max_examples=300, deadline=None)
    @given(data=st.data(), which=st.sampled_from(["rgb", "grey", "srgb"]))
    def test_any_bytes_changed(self, data: st.DataObject, which: str) -> None:
        icc = bytearray(
            {
                "rgb": rgb_icc(profiles.ADOBE_COLUMNS, CURVES["para 4"][0]),
                "grey": grey_icc(CURVES["curv n"][0]),
                "srgb": profiles.SRGB.icc or b"",
            }[which]
        )
        for _ in range(data.draw(st.integers(1, 4))):
            where = data.draw(st.integers(0, len(icc) - 1))
            icc[where] = data.draw(st.integers(0, 255))
        check_parses_or_says_why(bytes(icc))

    @settings(max_examples=200, deadline=None)
    @given(
        kind=st.integers(0, 5),
        numbers=st.lists(st.integers(-(2**31), 2**31 - 1), max_size=8),
    )
    def test_any_parametric_curve(self, kind: int, numbers: list[int]) -> None:
        body = struct.pack(f">HH{len(numbers)}i", kind, 0, *numbers)
        check_parses_or_says_why(grey_icc(tag(b"para", body)))


def check_parses_or_says_why(icc: bytes) -> None:
    with suppress(ProfileError, TableProfileError):
        check_usable(parse_profile(icc))


def check_usable(parsed: ToneProfile) -> None:
    assert parsed.curves.shape == (3, 65536)
    assert parsed.curves.dtype == np.float32
    assert np.isfinite(parsed.curves).all()
    assert (np.diff(parsed.curves) >= 0).all()
    assert (parsed.curves[:, -1] > parsed.curves[:, 0]).all()
    assert np.isfinite(np.linalg.inv(parsed.matrix)).all()
    assert (parsed.white > 0).all()
