"""Whether a file is a picture or a film, by how it begins. Nothing is decoded, nothing heavy.

Signatures: the formats' own descriptions (ISO/IEC 14496-12 for ``ftyp``, Matroska's EBML, RIFF,
SMPTE 377 for MXF, ISO/IEC 13818-1 for MPEG streams), and `photochrom.files.kinds`.
"""

from __future__ import annotations

import os
import stat

from photochrom.batch.items import Kind
from photochrom.files.kinds import RAW_ENDINGS, SIGNATURES
from photochrom.viewing.endings import FILMS

HEAD = 600
"""Bytes that are looked at: three packets of an MPEG transport stream."""
PICTURE_STARTS = (
    *(b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    *(b"GIF87a", b"GIF89a", b"IIRO", b"IIRS", b"IIU\0", b"FUJIFILMCCD-RAW", b"FOVb", b"\0MRM"),
    *(start for kind, starts in SIGNATURES.items() if kind != "Netpbm" for start in starts),
    b"SIMPLE  =",
)
PICTURE_BRANDS = frozenset(
    (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
     b"crx ", b"jp2 ", b"jpx ", b"jxl ")
)  # fmt: skip
"""Of ``ftyp`` boxes; all others are films."""
FRAME_STARTS = (b"SDPX", b"XPDS")
"""DPX: a frame of a film that is numbered pictures."""
FILM_STARTS = (
    *(b"\x1aE\xdf\xa3", b"\0\0\x01\xba", b"\0\0\x01\xb3", b"FLV\x01", b"OggS", b"YUV4MPEG2"),
    *(b"\x06\x0e\x2b\x34\x02\x05\x01\x01", b".RMF", b"\x1f\x07\0", b"DKIF"),
    b"0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa\0b\xcel",
)
MOVIE_BOXES = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
"""How old QuickTime films begin, without ``ftyp``."""
PICTURES = RAW_ENDINGS | frozenset(
    f".{ending}"
    for ending in (
        *("jpg", "jpeg", "jpe", "png", "tif", "tiff", "webp", "gif", "bmp", "heic", "heif", "avif"),
        *("jp2", "j2k", "jpx", "jxl", "psd", "pgm", "ppm", "pbm", "pnm", "exr", "djvu"),
    )
)
"""How names of pictures end: a file of such a name that begins otherwise is damaged."""
PACKETS = (188, 192)
"""Bytes of a transport stream's packet; with a time stamp before it on discs."""


class FrameError(ValueError):
    """A file is no picture by itself, but one of a film's many."""


def kind_of(path: str) -> Kind | None:
    """What a file is; None: neither picture nor film.

    By content, then by name: what is called a picture and begins like none is damaged, and whoever
    decodes it will say so.

    Raises:
        FrameError: if it is a frame of a film.
        OSError: if it can't be read.
        ValueError: if it is no regular file.
    """
    return kind_of_start(_head(path), path)


def kind_of_start(head: bytes, path: str) -> Kind | None:
    """`kind_of` by the first `HEAD` bytes and the name."""
    if head.startswith(FRAME_STARTS):
        raise FrameError("it holds a film as numbered pictures; photochrom video takes the folder")
    found = kind_of_head(head)
    if found is not None:
        return found
    ending = os.path.splitext(path)[1].lower()
    return "photo" if ending in PICTURES else "film" if ending in FILMS else None


def kind_of_head(head: bytes) -> Kind | None:
    """`kind_of` by the first `HEAD` bytes."""
    if head[4:8] == b"ftyp":
        return "photo" if head[8:12] in PICTURE_BRANDS else "film"
    if head[:4] in (b"RIFF", b"RIFX"):
        return {b"WEBP": "photo", b"AVI ": "film"}.get(head[8:12])  # type: ignore[return-value]
    if head.startswith(PICTURE_STARTS) or _is_netpbm(head):
        return "photo"
    if head.startswith(FILM_STARTS) or head[4:8] in MOVIE_BOXES or _is_transport_stream(head):
        return "film"
    return None


def _head(path: str) -> bytes:
    with open(path, "rb", buffering=0, opener=_open) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ValueError("it is no regular file")
        return file.read(HEAD)


def _open(path: str, flags: int) -> int:
    # a pipe would wait for a writer
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _is_netpbm(head: bytes) -> bool:
    return head[:1] == b"P" and head[1:2] in b"1234567" and head[2:3] in b"\n\r\t #"


def _is_transport_stream(head: bytes) -> bool:
    for size in PACKETS:
        marks = head[size - 188 :: size][:3]
        if len(marks) == 3 and set(marks) == {0x47}:
            return True
    return False
