"""Where mutation starts: small sound files of every kind, made by the tests' helpers."""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import imagecodecs
import numpy as np
import pillow_heif
import pyvips
from PIL import Image

from helpers import pictures, profiles, toy_model
from helpers.clips import Clip, Track, Words, make_clip
from photochrom.worker.frames import write_frame

SIDE = 24
"""Columns of pictures: small ones are quick."""
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
    b'syntax-ns#"><rdf:Description rdf:about="" xmlns:e="http://iptc.org/std/Iptc4xmpExt/'
    b'2008-02-29/" e:DigitalSourceType="x"><e:DigitalSourceType>y</e:DigitalSourceType>'
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)
SETTINGS: dict[str, Any] = {"saturation": 1.2, "strength": 0.5, "warmth": 0.3, "protect": 0.5}
STROKE = {"points": [[0.1, 0.2], [0.5, 0.5]], "radius": 0.05, "color": "#a04020", "strength": 0.5}
POINT = {"x": 0.5, "y": 0.25, "color": "#336699"}
SIDECAR = {
    "photochrom": 1, "strokes": [STROKE], "points": [POINT], "settings": SETTINGS,
    "restore": {"steps": ["dust", "tone"], "touches": [
        {"points": [[0.1, 0.2]], "radius": 0.05, "damaged": True}]},
}  # fmt: skip
OPTIONS = {
    "strokes": [STROKE], "points": [POINT], "settings": SETTINGS, "provenance": False, "page": 2,
    "restore": {"steps": None, "film": "bw", "infrared": "off"},
    "delivery": {"bits": 8, "long_side": 100, "profile": "srgb"},
}  # fmt: skip
FILM = {"encoding": {"codec": "h264", "crf": 20, "preset": "fast", "bits": 8}, "rate": "24000/1001",
        "shots": "shots.csv", "preview": 2, "force": True, "salvage": True}  # fmt: skip
LIMITS = {"pixels": 3e9, "memory": None, "seconds": 60, "silence": "none"}


@cache
def of_pictures() -> dict[str, bytes]:
    """Files by their names."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        _write_plain(home)
        _write_others(home)
        return {path.name: path.read_bytes() for path in sorted(home.iterdir())}


def _write_plain(home: Path) -> None:
    color = pictures.photograph("coffee.png", SIDE)
    grey = np.ascontiguousarray(color[..., 1])
    exif = pictures.exif_block(pictures.Description(main={271: pictures.text("Maker")}))
    icc = profiles.grey_icc(profiles.gamma_curve(2.2))
    extras: dict[str, Any] = {"icc": icc, "exif": exif, "xmp": XMP}
    pictures.write_png(home / "grey.png", grey, pictures.Png(**extras))
    pictures.write_png(home / "deep.png", pictures.with_alpha(pictures.deepened(color)))
    pictures.write_jpeg(home / "grey.jpg", grey, pictures.Jpeg(**extras))
    pictures.write_jpeg(home / "slow.jpg", color, pictures.Jpeg(progressive=True))
    pictures.write_jpeg(home / "cmyk.jpg", np.concatenate([color, grey[..., None]], axis=2))
    for codec in pictures.CODECS:
        how = pictures.Tiff(codec=codec, big=codec == "lzw", order=">", icc=icc, xmp=XMP)
        pictures.write_tiff(home / f"{codec}.tif", pictures.deepened(color), how)
    pictures.write_tiff(home / "grey.dng", grey)


def _write_others(home: Path) -> None:
    color = np.ascontiguousarray(pictures.photograph("coffee.png", SIDE))
    grey = np.ascontiguousarray(color[..., 1])
    image = pyvips.Image.new_from_array(color)
    image.webpsave(str(home / "a.webp"))
    image.heifsave(str(home / "a.avif"), compression="av1")
    pages = pyvips.Image.arrayjoin([image, image], across=1)
    pages.tiffsave(
        str(home / "pages.tif"), page_height=image.height, tile=True, tile_width=16, tile_height=16
    )
    Image.fromarray(color).save(home / "a.gif")
    Image.fromarray(color).save(home / "a.bmp")
    Image.fromarray(grey).save(home / "a.pgm")
    Image.fromarray(color).save(home / "a.ppm")
    (home / "a.jp2").write_bytes(imagecodecs.jpeg2k_encode(color))
    heic = pillow_heif.from_bytes("RGB", color.shape[1::-1], color.tobytes())
    heic.save(home / "a.heic")


@cache
def of_films() -> dict[str, bytes]:
    """Short films by their names."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        size, sound, lines = (32, 24), (Track(),), (Words(),)
        make_clip(home / "a.mp4", Clip(size, 4, sound=sound, subtitles=lines, rotation=90))
        make_clip(home / "b.mkv", Clip(size, 4, codec="ffv1", attachment=b"notes"))
        make_clip(home / "c.avi", Clip(size, 4, codec="mpeg4", options={}))
        make_clip(home / "d.ts", Clip(size, 4, codec="mpeg2video", options={}))
        make_clip(home / "e.mov", Clip(size, 4, codec="prores_ks", pix_fmt="yuv422p10le",
                                       options={}))  # fmt: skip
        return {path.name: path.read_bytes() for path in sorted(home.iterdir())}


@cache
def _model() -> bytes:
    with TemporaryDirectory() as folder:
        return toy_model.write_toy(Path(folder) / "a.onnx").read_bytes()


def _messages() -> bytes:
    stream = BytesIO()
    write_frame(stream, {"op": "hello", "protocol": 1})
    write_frame(stream, {"op": "job", "id": 1, "task": "pixels", "width": 2, "height": 2}, b"\1234")
    return stream.getvalue()


def _coded(*values: Any) -> list[bytes]:
    return [json.dumps(value).encode() for value in values]


def _photoshop() -> bytes:
    return b"Photoshop 3.0\0008BIM\x04\x04\0\0\0\0\0\x08\x1c\x02\x78\0\x03Dog"


def of(name: str) -> list[bytes]:
    """Seeds of one of the targets in `fuzzing.targets`."""
    files = of_pictures()
    tiffs = [data for file, data in files.items() if file.endswith((".tif", ".dng"))]
    icc = [profiles.table_icc(), profiles.grey_icc(profiles.parametric_curve(3, 2.4, 1, 0, 1, 0))]
    icc.append(profiles.grey_icc(profiles.sampled_curve(np.linspace(0, 1, 9))))
    known: dict[str, list[bytes]] = {
        "sidecar": _coded(SIDECAR, {"photochrom": 1}, {"photochrom": 2}),
        "manifest": [_manifest()],
        "model": [_model()],
        "shots": [
            b"start_pts,end_pts,kind\n0,50,cut\n50,99,dissolve\n",
            b"start_pts;end_pts\n0;99",
        ],
        "keyframes": _coded({"photochrom": 1, "written": {"0_12.png": "abc"}}),
        "job options": _coded(OPTIONS, {}),
        "film options": _coded(FILM, {}),
        "settings": _coded(LIMITS, {}),
        "limits": [b"pixels=3e9,memory=none", b"seconds=1_000"],
        "messages": [_messages()],
        "EXIF": [b"Exif\0\0" + tiff for tiff in tiffs],
        "XMP": [XMP, XMP.decode().encode("utf-16")],
        "IPTC": [_photoshop()],
        "ICC": icc,
        "PNG chunks": [data for file, data in files.items() if file.endswith(".png")],
        "JPEG 2000 boxes": [files["a.jp2"]],
        "Netpbm": [files["a.pgm"], files["a.ppm"]],
        "BMP": [files["a.bmp"]],
        "kinds": [*files.values()],
        "subtitles": [b"\0\x04<b>{\\i1}One</b>"],
    }
    return known.get(name, tiffs)


def _manifest() -> bytes:
    from photochrom.models import checksum
    from photochrom.models.manifest import METADATA_KEY

    with TemporaryDirectory() as folder:
        path = toy_model.write_toy(Path(folder) / "a.onnx")
        return checksum.metadata(checksum.read(path))[METADATA_KEY].encode()
