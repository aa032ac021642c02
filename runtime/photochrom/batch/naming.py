"""How outputs are called: the tree mirrored, one name for one source, whatever system reads it."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import unicodedata
from dataclasses import dataclass, field

from photochrom.batch.items import Kind
from photochrom.files.formats import WRITABLE

WORD = "color"
FILM_ENDINGS = {
    "h264": (".mp4", ".m4v", ".mov", ".mkv"),
    "h265": (".mp4", ".m4v", ".mov", ".mkv"),
    "av1": (".mp4", ".m4v", ".mkv", ".webm"),
    "ffv1": (".mkv",),
    "prores": (".mov", ".mkv"),
}
"""Of files that hold a codec, the usual one first (`photochrom.video.container.codecs.ENDINGS`)."""
LONGEST = 255
"""Bytes of a name."""
RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.IGNORECASE)
"""Devices of Windows, with any ending (its guide to naming files, paths and namespaces)."""
UNPORTABLE = re.compile(r'[<>:"|?*\\\x00-\x1f\udc80-\udcff]')
"""What Windows has in no name, and bytes that are no UTF-8."""


@dataclass
class Names:
    """Gives each source a name of its own below the destination.

    Names that differ only in case or in how accents are written count as the same: the destination
    may be a disk that can't tell them apart.
    """

    codec: str = "h264"
    """Of films."""
    portable: bool = False
    """Whether names are changed so that every system can hold them."""
    taken: set[str] = field(default_factory=set)
    """Names that are given already, as `folded` has them."""

    def usual(self, path: str, kind: Kind) -> str:
        """The name that a source has unless another source has it.

        Args:
            path: the source's, seen from the root, with ``/``.
            kind: decides which endings there are.
        """
        return self._numbered(path, kind, 1)

    def take(self, path: str, kind: Kind) -> str:
        """`usual`, or with a number, so that nobody else has it."""
        for number in itertools.count(1):
            found = self._numbered(path, kind, number)
            if folded(found) not in self.taken:
                break
        self.taken.add(folded(found))
        return found

    def _numbered(self, path: str, kind: Kind, number: int) -> str:
        folder, name = os.path.split(path)
        stem, ending = os.path.splitext(name)
        if ending.lower() not in self._endings(kind):
            ending = self._endings(kind)[0]
        word = f".{WORD}" if number == 1 else f".{WORD}-{number}"
        return self._fit(folder, stem, f"{word}{ending}")

    def _endings(self, kind: Kind) -> tuple[str, ...]:
        if kind == "film":
            return FILM_ENDINGS.get(self.codec, (".mkv",))
        return (".png", *WRITABLE)

    def _fit(self, folder: str, stem: str, end: str) -> str:
        change = portable if self.portable else str
        folders = [_cut(change(part), "") for part in folder.split("/")] if folder else []
        return "/".join([*folders, _cut(change(stem + end), end)])


def folded(name: str) -> str:
    """The same text for names that some disk can't tell apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def portable(name: str) -> str:
    """A name of a file or folder that Windows can hold too; others stay as they are."""
    name = UNPORTABLE.sub(lambda match: f"%{ord(match[0]) & 0xFF:02X}", name)
    name = re.sub(r"[. ]$", lambda match: f"%{ord(match[0]):02X}", name)
    return f"_{name}" if RESERVED.fullmatch(name.split(".")[0].rstrip()) else name


def _cut(name: str, end: str) -> str:
    """A name with this end that is not too long, told from others that are cut alike."""
    whole = os.fsencode(name)
    if len(whole) <= LONGEST:
        return name
    mark = "~" + hashlib.sha256(whole).hexdigest()[:8] + end
    return whole[: LONGEST - len(mark)].decode("utf-8", "ignore") + mark
