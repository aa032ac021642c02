"""The mark of coloured pictures: IPTC's DigitalSourceType, put into a file's XMP.

The packet is edited where it stands, byte for byte, and never parsed into a tree and written anew:
a tree would lose prefixes, comments and padding. Sources: IPTC Photo Metadata Standard 2023.2
("Digital Source Type"), and XMP Specification Part 1 (ISO 16684-1), sections 7.3 and 7.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

DIGITAL_SOURCE_TYPE = (
    "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
)
"""A picture into which a trained model put something: here, colour."""
IPTC_EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PROPERTY = f"{IPTC_EXTENSION} DigitalSourceType"
"""As expat tells the name, its namespace before it."""
ROOT, DESCRIPTION, ABOUT = f"{RDF} RDF", f"{RDF} Description", f"{RDF} about"
LONGEST_IN_JPEG = 65502
"""Bytes of XMP that one segment of a JPEG file holds (XMP Specification Part 3, 1.1.3)."""

_ROOT_END = re.compile(rb"</[^<>]*RDF\s*>")
_PROPERTY_END = re.compile(rb"</[^<>]*DigitalSourceType\s*>")
_ATTRIBUTE = re.compile(rb"\s[^\s=]+:DigitalSourceType\s*=\s*(\"[^\"]*\"|'[^']*')")
_PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
    f'<rdf:RDF xmlns:rdf="{RDF}">\n'
    "</rdf:RDF>\n</x:xmpmeta>\n"
    '<?xpacket end="w"?>'
)


class DamagedXmpError(ValueError):
    """The bytes are no XMP packet that something can be put into."""


def marked(xmp: bytes | None) -> bytes:
    """A packet that says how the picture was made; everything else in it stays as it is.

    Args:
        xmp: the source's packet, UTF-8 or UTF-16; None if it has none.

    Returns:
        A packet in UTF-8. A DigitalSourceType that was there before is replaced, as a picture has
        only one.

    Raises:
        DamagedXmpError: if the packet is not well-formed or holds no rdf:RDF.
    """
    packet = _utf8(xmp) if xmp is not None else _PACKET.encode()
    places = _find(packet)
    for start, end in reversed(places.properties):
        packet = packet[:start] + packet[end:]
    if places.root_end is None:
        raise DamagedXmpError("it holds no rdf:RDF")
    at = places.root_end - sum(end - start for start, end in places.properties)
    return packet[:at] + _statement(places.about) + packet[at:]


def is_sound(xmp: bytes) -> bool:
    """Whether `marked` can keep what is in a packet."""
    try:
        marked(xmp)
    except DamagedXmpError:
        return False
    return True


def _statement(about: str) -> bytes:
    subject = about.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="{subject}" '
        f'xmlns:Iptc4xmpExt="{IPTC_EXTENSION}">'
        f"<Iptc4xmpExt:DigitalSourceType>{DIGITAL_SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>"
        "</rdf:Description>\n"
    ).encode()


def _utf8(xmp: bytes) -> bytes:
    xmp = xmp.rstrip(b"\0") if xmp[:2] not in (b"\xff\xfe", b"\xfe\xff") else xmp
    try:
        text = xmp.decode("utf-16" if xmp[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError as error:
        raise DamagedXmpError("its letters are neither UTF-8 nor UTF-16") from error
    return text.encode()


@dataclass
class _Places:
    """Byte positions in a packet."""

    root_end: int | None = None
    """Where the end tag of rdf:RDF begins."""
    properties: list[tuple[int, int]] = field(default_factory=list)
    """Begin and end of everything that states a DigitalSourceType."""
    about: str = ""
    """What the packet's statements are about; all of them are about the same thing."""


def _find(packet: bytes) -> _Places:
    places = _Places()
    parser = expat.ParserCreate("utf-8", " ")
    opened: list[int] = []
    described: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        described.append(name)
        if name == DESCRIPTION and len(described) > 1 and described[-2] == ROOT:
            places.about = attributes.get(ABOUT, places.about)
            if PROPERTY in attributes:
                places.properties.append(_attribute(packet, parser.CurrentByteIndex))
        opened.append(parser.CurrentByteIndex)

    def end(name: str) -> None:
        described.pop()
        begin, at = opened.pop(), parser.CurrentByteIndex
        if name == ROOT and _ROOT_END.match(packet, at):
            places.root_end = at
        elif name == PROPERTY and described[-2:] == [ROOT, DESCRIPTION]:
            closing = _PROPERTY_END.match(packet, at)  # none where the tag closes itself
            places.properties.append((begin, closing.end() if closing else at))

    def refuse(*declared: object) -> None:
        del declared
        raise DamagedXmpError("it declares a document type")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(packet, True)
    except expat.ExpatError as error:
        raise DamagedXmpError(str(error)) from error
    return places


def _attribute(packet: bytes, start: int) -> tuple[int, int]:
    """Where the attribute DigitalSourceType of the tag at `start` begins and ends."""
    found = _ATTRIBUTE.search(packet, start)
    if found is None:
        raise DamagedXmpError("its DigitalSourceType can't be found")
    return found.span()
