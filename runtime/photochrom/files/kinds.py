"""What kind of picture a file that libvips can't read holds, and what to do with it.

Only kinds that pyvips' bundled libvips does not read are told here. Signatures: ISO/IEC 23008-12
(HEIF), 15444-1 (JPEG 2000), 18181-2 (JPEG XL), Netpbm's and the other makers' own descriptions.
"""

from pathlib import Path

HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
SIGNATURES: dict[str, tuple[bytes, ...]] = {
    "JPEG 2000": (b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"),
    "JPEG XL": (b"\0\0\0\x0cJXL ", b"\xff\x0a"),
    "BMP": (b"BM",),
    "Netpbm": (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6", b"P7"),
    "Photoshop": (b"8BPS",),
    "DjVu": (b"AT&TFORM",),
    "OpenEXR": (b"v/1\x01",),
}
RAW_ENDINGS = frozenset(
    f".{ending}"
    for ending in (
        *("3fr", "arw", "cr2", "cr3", "dcr", "dng", "erf", "fff", "iiq", "kdc", "mef", "mos"),
        *("mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf", "srw"),
        "x3f",
    )
)
"""Names of camera raw files. Most are TIFF inside, with a small preview as their first page."""
PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG")
"""JPEG and PNG; a file that begins so is none, whatever its name says."""
ADVICE = "libvips can't read {kind} here; save it as TIFF, PNG, JPEG or WebP first"
TIFF_ADVICE = {
    "labq": "8-bit L*a*b* TIFF",
    "ZSTD": "TIFF with Zstandard compression",
    "LZMA": "TIFF with LZMA compression",
    "JBIG": "TIFF with JBIG compression",
    "WEBP": "TIFF with WebP compression",
    "LERC": "TIFF with LERC compression",
}
"""A word of libvips' error, and what it means."""


def kind_of(path: Path) -> str | None:
    """``HEIC``, ``camera raw``, or a key of `SIGNATURES`; None for what libvips may read."""
    with path.open("rb") as file:
        head = file.read(64)
    if path.suffix.lower() in RAW_ENDINGS and not head.startswith(PICTURE_STARTS):
        return "camera raw"
    if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS and b"avif" not in head:
        return "HEIC"
    for kind, starts in SIGNATURES.items():
        if head.startswith(starts):
            return kind
    return None


def advice(path: Path, words: str) -> str | None:
    """What to do with a file that libvips refuses with these words; None if it is unknown."""
    for word, kind in TIFF_ADVICE.items():
        if word in words:
            return ADVICE.format(kind=kind)
    found = kind_of(path)
    return None if found is None else ADVICE.format(kind=found)
