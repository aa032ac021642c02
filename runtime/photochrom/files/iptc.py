"""IPTC captions between JPEG, which wraps them as Photoshop does, and TIFF, which does not.

libvips hands the bytes on as they are, so what is right in the one kind of file would be damaged
in the other. Layout: Adobe Photoshop File Formats Specification, "Image Resource Blocks".
"""

import struct

PHOTOSHOP = b"Photoshop 3.0\0"
RESOURCE = b"8BIM"
TAG = 33723
"""TIFF's tag for captions."""
IPTC = 0x0404
"""Number of the resource that holds the captions."""


def wrapped(data: bytes) -> bytes:
    """Captions as JPEG holds them."""
    if data.startswith(PHOTOSHOP):
        return data
    head = RESOURCE + struct.pack(">HHI", IPTC, 0, len(data))
    return PHOTOSHOP + head + data + bytes(len(data) % 2)


def bare(data: bytes) -> bytes:
    """Captions as TIFF holds them; empty if a Photoshop block has none."""
    if not data.startswith(PHOTOSHOP):
        return data
    at = len(PHOTOSHOP)
    while data[at : at + 4] == RESOURCE and at + 12 <= len(data):
        number, name_length = struct.unpack_from(">HB", data, at + 4)
        at += 6 + (name_length + 2) // 2 * 2  # a name and its length fill an even number of bytes
        (size,) = struct.unpack(">I", data[at : at + 4].ljust(4, b"\0"))
        if number == IPTC:
            return data[at + 4 : at + 4 + size]
        at += 4 + size + size % 2
    return b""
