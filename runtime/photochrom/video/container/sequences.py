"""Numbered pictures as a film: which files they are, and how a pattern names them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from photochrom.errors import InputError, OutputError, UsageError
from photochrom.files.formats import WRITABLE

ENDINGS = (".tif", ".tiff", ".png", ".dpx")
USUAL_RATE = Fraction(24)
"""Frames a second of a film print (SMPTE 139)."""
TOLD = 3
"""Numbers that are named in a message, at most."""
_NUMBER = re.compile(r"%(?:0?(\d*))d|(#+)")


@dataclass(frozen=True)
class Names:
    """How pictures are called: ``folder/before00042ending``."""

    folder: Path
    before: str
    digits: int
    """To which a number is filled up with zeros; 1: it is not."""
    ending: str
    """After the number, with its dot."""

    def path(self, number: int) -> Path:
        """Of one picture."""
        return self.folder / f"{self.before}{number:0{self.digits}d}{self.ending}"

    def check(self, source: Images | None) -> None:
        """Refuse a place where pictures can't be written.

        Raises:
            OutputError: if they are the source, or nobody may write there.
        """
        parent = self.folder if self.folder.exists() else self.folder.parent
        if source is not None and self._are(source.names):
            raise OutputError(f"{self.hashes} is the source itself; sources are never changed")
        if self.folder.exists() and not self.folder.is_dir():
            raise OutputError(f"{self.folder} is a file; choose another folder")
        if not parent.is_dir():
            raise OutputError(f"no such folder: {parent}; make it first")
        if not os.access(parent, os.W_OK):
            raise OutputError(f"can't write into {parent}; choose another folder")

    def _are(self, others: Names) -> bool:
        same = (self.before, self.ending) == (others.before, others.ending)
        return same and self.folder.exists() and self.folder.samefile(others.folder)

    @property
    def kind(self) -> str:
        """What the pictures are: ``.tif``, ``.png`` or ``.dpx``."""
        return "".join(self.ending.rpartition(".")[1:]).lower()

    @property
    def hashes(self) -> str:
        """As people write it: ``before#####ending``."""
        return f"{self.before}{'#' * self.digits}{self.ending}"

    @property
    def ffmpeg(self) -> str:
        """As FFmpeg's image2 reads it."""
        count = f"%0{self.digits}d" if self.digits > 1 else "%d"
        parts = (f"{self.folder.absolute()}/{self.before}", self.ending)
        return count.join(part.replace("%", "%%") for part in parts)


@dataclass(frozen=True)
class Images:
    """Numbered pictures that are there, none missing."""

    names: Names
    first: int
    """Number of the first one."""
    count: int
    rate: Fraction
    """Frames a second."""

    def path(self, index: int) -> Path:
        """Of a picture, counted from 0."""
        return self.names.path(self.first + index)

    def options(self) -> dict[str, str]:
        """FFmpeg's, of its image2 reader."""
        return {
            "framerate": str(self.rate),
            "start_number": str(self.first),
            "pattern_type": "sequence",
            "err_detect": "explode",  # a damaged picture is not taken for a whole one
        }


def find(path: Path, rate: Fraction | None) -> Images | None:
    """Numbered pictures.

    Args:
        path: a folder that holds them, or a pattern: ``scan.####.tif``, ``scan.%05d.tif``.
        rate: frames a second; None: 24.

    Returns:
        What was found; None if it is neither a folder nor a pattern.

    Raises:
        InputError: if there are none, numbers are missing, or a folder holds several sequences.
    """
    if path.is_dir():
        names = _in_folder(path)
    else:
        pattern = None if path.exists() else of_pattern(path)
        if pattern is None:
            return None
        names = pattern
    numbers = sorted(_numbers(names))
    if not numbers:
        raise InputError(f"there is no {names.hashes} in {names.folder}")
    _check_gaps(names, numbers)
    return Images(names, numbers[0], len(numbers), rate or USUAL_RATE)


def of_pattern(path: Path) -> Names | None:
    """What a pattern says; None if there is no place for a number in the file's name.

    Raises:
        UsageError: if there are several, or the pictures are of another kind.
    """
    places = list(_NUMBER.finditer(path.name))
    if not places:
        return None
    if len(places) > 1:
        raise UsageError(f"{path} has {len(places)} places for a number; one is needed")
    (place,) = places
    digits = len(place[2]) if place[2] else int(place[1] or 1)
    names = Names(path.parent, path.name[: place.start()], digits, path.name[place.end() :])
    if names.kind not in ENDINGS:
        raise _not_numbered(path)
    return names


def wanted(target: Path, images: Images | None, films: tuple[str, ...]) -> Names | None:
    """As what a film is to be written, if as pictures.

    Args:
        target: what the person said: a pattern, or a folder for what comes from pictures.
        images: the source, if it is pictures.
        films: endings of films.

    Raises:
        UsageError: if it names one picture.
    """
    names = of_pattern(target)
    if names is not None or target.suffix.lower() in films:
        return names
    if target.suffix.lower() in ENDINGS:
        numbered = target.with_name(f"{target.stem}.#####{target.suffix}")
        raise UsageError(f"{target} is one picture; for all of them write {numbered}")
    if images is None:
        return None
    if target.suffix.lower() in WRITABLE:
        raise _not_numbered(target)
    source = images.names
    return Names(target, source.before, source.digits, source.ending)


def _not_numbered(path: Path) -> UsageError:
    return UsageError(f"numbered pictures are .tif, .png or .dpx, not {path.name}")


def _in_folder(folder: Path) -> Names:
    """The only sequence in a folder."""
    found: dict[tuple[str, str], list[str]] = {}
    for name in sorted(path.name for path in folder.iterdir()):
        match = _split(name)
        if match is not None:
            found.setdefault((match[1], match[3]), []).append(match[2])
    if not found:
        raise InputError(f"{folder} holds no numbered pictures ({', '.join(ENDINGS)})")
    sequences = [Names(folder, *_named(*key, numbers)) for key, numbers in found.items()]
    if len(sequences) > 1:
        told = ", ".join(names.hashes for names in sequences[:TOLD])
        first = folder / sequences[0].hashes
        raise InputError(f"{folder} holds several sequences ({told}); give one, as {first}")
    return sequences[0]


def _split(name: str) -> re.Match[str] | None:
    """What comes before a name's last number, the number, and the ending."""
    stem, dot, ending = name.rpartition(".")
    if f"{dot}{ending}".lower() not in ENDINGS or name.startswith("."):
        return None
    return re.fullmatch(r"(.*?)(\d+)(\..+)", f"{stem}{dot}{ending}", re.DOTALL)


def _named(before: str, ending: str, numbers: list[str]) -> tuple[str, int, str]:
    shortest = min(map(len, numbers))
    filled = any(len(number) > 1 and number.startswith("0") for number in numbers)
    same = shortest == max(map(len, numbers))
    return before, shortest if filled or same else 1, ending


def _numbers(names: Names) -> Iterator[int]:
    if not names.folder.is_dir():
        raise InputError(f"no such folder: {names.folder}")
    pattern = re.compile(rf"{re.escape(names.before)}(\d+){re.escape(names.ending)}")
    for path in names.folder.iterdir():
        match = pattern.fullmatch(path.name)
        if match and names.path(int(match[1])).name == path.name:
            yield int(match[1])


def _check_gaps(names: Names, numbers: list[int]) -> None:
    missing = sorted({*range(numbers[0], numbers[-1])} - {*numbers})
    if missing:
        told = ", ".join(names.path(number).name for number in missing[:TOLD])
        more = f" and {len(missing) - TOLD} more" if len(missing) > TOLD else ""
        raise InputError(
            f"pictures are missing in {names.folder}: {told}{more}; "
            "a film has every frame, so put them there or make two sequences"
        )
