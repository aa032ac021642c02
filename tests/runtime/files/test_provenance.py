"""The mark of coloured files: put into XMP, found by other readers, and nothing lost beside it."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.pictures import XMP, Jpeg, Png, Tiff, exif_block, photograph, write
from helpers.reading import facts, pixels, source_types
from photochrom import Colorizer, Options
from photochrom.files import provenance

MARK = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
FILM = "http://cv.iptc.org/newscodes/digitalsourcetype/negativeFilm"
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
EXT = 'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"'
TARGETS = ("jpg", "png", "tif", "webp")
SOURCES: dict[str, Jpeg | Png | Tiff] = {
    "jpg": Jpeg(exif=exif_block(), xmp=XMP),
    "png": Png(exif=exif_block(), xmp=XMP),
    "tif": Tiff(xmp=XMP),
    "big.tif": Tiff(xmp=XMP, big=True, order=">"),
}


def packet(inner: str) -> bytes:
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {RDF}>{inner}</rdf:RDF></x:xmpmeta>'.encode()
    )


def source(folder: Path, name: str = "jpg", how: Jpeg | Png | Tiff | None = None) -> Path:
    return write(folder / f"in.{name}", photograph("camera.png", 60), how or SOURCES[name])


class TestFiles:
    @pytest.mark.parametrize("target", TARGETS)
    @pytest.mark.parametrize("name", SOURCES)
    def test_marked_and_the_rest_kept(
        self, name: str, target: str, warm: Colorizer, tmp_path: Path
    ) -> None:
        report = warm.colorize_file(source(tmp_path, name), tmp_path / f"out.{target}")
        xmp = facts(tmp_path / f"out.{target}").xmp
        assert xmp is not None
        assert source_types(xmp) == [MARK]
        assert b"Box 12, no. 7" in xmp
        assert report.notes == ()

    @pytest.mark.parametrize("target", TARGETS)
    def test_source_without_xmp(self, target: str, warm: Colorizer, tmp_path: Path) -> None:
        warm.colorize_file(source(tmp_path, "png", Png()), tmp_path / f"out.{target}")
        assert source_types(facts(tmp_path / f"out.{target}").xmp) == [MARK]

    @pytest.mark.parametrize("target", TARGETS)
    def test_left_out(self, target: str, warm: Colorizer, tmp_path: Path) -> None:
        plain = Options(provenance=False)
        warm.colorize_file(source(tmp_path), tmp_path / f"out.{target}", plain)
        xmp = facts(tmp_path / f"out.{target}").xmp
        assert xmp is not None
        assert xmp.strip(b"\0 \n") == XMP

    @pytest.mark.parametrize("target", TARGETS)
    def test_damaged_xmp_is_told(self, target: str, warm: Colorizer, tmp_path: Path) -> None:
        path = source(tmp_path, "tif", Tiff(xmp=XMP[:-60]))
        report = warm.colorize_file(path, tmp_path / f"out.{target}")
        assert report.notes == ("its XMP is damaged and was left out",)
        assert source_types(facts(tmp_path / f"out.{target}").xmp) == [MARK]

    def test_xmp_too_long_for_jpeg(self, warm: Colorizer, tmp_path: Path) -> None:
        history = "".join(f"<d:n{index}>step</d:n{index}>" for index in range(4000))
        long = packet(f'<rdf:Description xmlns:d="d" rdf:about="">{history}</rdf:Description>')
        path = source(tmp_path, "tif", Tiff(xmp=long))
        report = warm.colorize_file(path, tmp_path / "out.jpg")
        assert report.notes == ("JPEG holds 64 kB of XMP; the picture's was left out",)
        assert source_types(facts(tmp_path / "out.jpg").xmp) == [MARK]
        warm.colorize_file(path, tmp_path / "out.tif")
        kept = facts(tmp_path / "out.tif").xmp
        assert kept is not None
        assert history.encode() in kept

    @pytest.mark.parametrize("size", [0, 1, 100, 5000, 200_000])
    def test_xmp_of_any_length_in_png(self, size: int, warm: Colorizer, tmp_path: Path) -> None:
        """Monotonous, so that a chunk that was compressed would be short."""
        inner = f"<rdf:Description xmlns:d='d'><d:x>{'a' * size}</d:x></rdf:Description>"
        path = source(tmp_path, "tif", Tiff(xmp=packet(inner)))
        warm.colorize_file(path, tmp_path / "out.png")
        xmp = facts(tmp_path / "out.png").xmp
        assert xmp is not None
        assert inner.encode() in xmp
        assert source_types(xmp) == [MARK]
        assert pixels(tmp_path / "out.png").shape == (60, 60, 3)

    def test_same_pixels(self, warm: Colorizer, tmp_path: Path) -> None:
        path = source(tmp_path)
        warm.colorize_file(path, tmp_path / "a.png")
        warm.colorize_file(path, tmp_path / "b.png", Options(provenance=False))
        np.testing.assert_array_equal(pixels(tmp_path / "a.png"), pixels(tmp_path / "b.png"))


PACKETS = {
    "attribute": f'<rdf:Description {EXT} rdf:about="" e:DigitalSourceType="{FILM}" e:b="c"/>',
    "element": f"<rdf:Description {EXT}><e:b>c</e:b><e:DigitalSourceType>{FILM}"
    "</e:DigitalSourceType ></rdf:Description>",
    "resource": f'<rdf:Description {EXT}><e:DigitalSourceType rdf:resource="{FILM}"/>'
    "<e:b>c</e:b></rdf:Description>",
    "twice": f"<rdf:Description {EXT} e:DigitalSourceType = '{FILM}' e:b=\"c\"/>"
    f"<rdf:Description {EXT}><e:DigitalSourceType>{FILM}</e:DigitalSourceType></rdf:Description>",
}


class TestPackets:
    @pytest.mark.parametrize("inner", PACKETS.values(), ids=PACKETS.keys())
    def test_an_older_type_is_replaced(self, inner: str) -> None:
        result = provenance.marked(packet(inner))
        assert source_types(result) == [MARK]
        assert b"negativeFilm" not in result
        assert b'e:b="c"' in result or b"<e:b>c</e:b>" in result

    def test_only_a_gap_is_filled(self) -> None:
        """Prefixes, comments, padding and the order of everything stay."""
        old = XMP.replace(b"</rdf:RDF>", b"<!-- kept -->\n   </rdf:RDF>")
        new = provenance.marked(old)
        place = new.index(b"<rdf:Description xmlns:rdf=")
        length = len(new) - len(old)
        assert new[:place] + new[place + length :] == old

    def test_about_is_the_packets_own(self) -> None:
        inner = '<rdf:Description rdf:about="uuid:a&amp;&quot;b" xmlns:d="d" d:x="1"/>'
        root = ET.fromstring(provenance.marked(packet(inner)))
        about = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
        found = [node.get(about) for node in root.iter() if about in node.attrib]
        assert found == ['uuid:a&"b', 'uuid:a&"b']

    def test_twice_is_once(self) -> None:
        once = provenance.marked(XMP)
        assert source_types(provenance.marked(once)) == [MARK]

    def test_utf16(self) -> None:
        inner = '<rdf:Description rdf:about="" xmlns:d="d" d:x="Käthe"/>'
        result = provenance.marked(packet(inner).decode().encode("utf-16"))
        assert "Käthe".encode() in result
        assert source_types(result) == [MARK]

    @pytest.mark.parametrize(
        "damaged",
        [
            b"",
            b"no xml",
            b"\xff\xfe\0",
            b"<a/>",
            packet("")[:-5],
            packet("").replace(f"<rdf:RDF {RDF}></rdf:RDF>".encode(), f"<rdf:RDF {RDF}/>".encode()),
            b'<!DOCTYPE x [<!ENTITY a "b">]>' + packet(""),
        ],
    )
    def test_damaged(self, damaged: bytes) -> None:
        with pytest.raises(provenance.DamagedXmpError):
            provenance.marked(damaged)

    @given(data=st.binary(max_size=60), place=st.integers(0, len(XMP)))
    def test_any_bytes(self, data: bytes, place: int) -> None:
        changed = XMP[:place] + data + XMP[place + len(data) :]
        if provenance.is_sound(changed):
            assert source_types(provenance.marked(changed)) == [MARK]
