"""Where pictures are: folders of any shape, and the trees of well-known sets."""

import csv
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from photochrom.errors import InputError, UsageError

Split: TypeAlias = Literal["train", "val"]
SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp"})
IMAGENET_VALIDATION = 5000
"""DDColor and others measure on the first 5,000 validation pictures of ImageNet (val5k)."""


@dataclass(frozen=True)
class Listing:
    """The pictures of one split."""

    root: Path
    """A picture's source is the name of its folder right below this one."""
    paths: list[Path]
    """Sorted by path, except where the layout says otherwise."""

    def source(self, path: Path) -> str:
        """Name of a picture's top folder, or of the picture where it lies in no folder."""
        return (path.relative_to(self.root) if path.is_relative_to(self.root) else path).parts[0]


@dataclass(frozen=True)
class Layout:
    """A way in which a set's pictures lie on disk."""

    tree: str
    """What has to be there, for help texts and messages."""
    find: Callable[[Path, Split], Listing]
    """Lists one split; raises InputError."""


def list_pictures(folder: Path, layout: str = "folder", split: Split = "train") -> list[Path]:
    """Every picture of one split, sorted by path.

    Args:
        folder: where the set lies.
        layout: a name of `LAYOUTS`. ``folder`` has no splits and takes all there is below.
        split: for ``imagenet``, ``val`` means the pictures 1 to 5,000 by file name, in this order
            and wherever they lie; fewer where some are missing, so look at the length.

    Raises:
        InputError: if the folder is missing, holds no picture or is not laid out like that.
        UsageError: if there is no such layout.
    """
    return find(folder, layout, split).paths


def find(folder: Path, layout: str = "folder", split: Split = "train") -> Listing:
    """As `list_pictures`, with the folder whose sub-folders are the sources."""
    if layout not in LAYOUTS:
        raise UsageError(f"no layout is called {layout!r}; known are {', '.join(LAYOUTS)}")
    if not folder.is_dir():
        raise InputError(f"no such folder of pictures: {folder}")
    return LAYOUTS[layout].find(folder, split)


def _folder(folder: Path, split: Split) -> Listing:
    del split
    return Listing(folder, _walk(folder, SUFFIXES))


def _imagenet(folder: Path, split: Split) -> Listing:
    bases = (folder, folder / "ILSVRC/Data/CLS-LOC", folder / "Data/CLS-LOC")
    root = _first_folder("imagenet", folder, [base / split for base in bases])
    # Subsets are often made of links to class folders.
    paths = _walk(root, SUFFIXES, links=True)
    return Listing(root, paths if split == "train" else _first_of_validation(root, paths))


def _first_of_validation(root: Path, paths: list[Path]) -> list[Path]:
    """Pictures 1 to 5,000 by the number in their names, once each, whatever their class folder."""
    numbered: dict[int, Path] = {}
    for path in paths:
        if match := re.match(r"ILSVRC2012_val_(\d{8})(?!\d)", path.name):
            numbered.setdefault(int(match[1]), path)
    chosen = sorted(number for number in numbered if number <= IMAGENET_VALIDATION)
    if not chosen:
        raise InputError(
            f"none of ImageNet's first {IMAGENET_VALIDATION} validation pictures "
            f"(ILSVRC2012_val_00000001.JPEG and so on) is below {root}"
        )
    return [numbered[number] for number in chosen]


def _coco_stuff(folder: Path, split: Split) -> Listing:
    name = f"{split}2017"
    root = _first_folder("coco-stuff", folder, [folder / "images" / name, folder / name])
    # COCO's photographs are JPEG; a PNG of the same name is a map of COCO-Stuff's labels.
    return Listing(root, _walk(root, frozenset({".jpg", ".jpeg"})))


def _manifest(folder: Path, split: Split) -> Listing:
    table = folder / "manifest.csv"
    rows = _read_manifest(table)
    names = sorted({name for part, name in rows if part == split})
    if not names:
        known = ", ".join(sorted({part for part, _ in rows})) or "none"
        raise InputError(f"{table} lists no picture of the split {split}; its splits: {known}")
    paths = [path for name in names for path in (folder / name, folder / split / name)]
    there = [path for path in paths if path.is_file()]
    if len(there) < len(names):
        found = set(there)
        missing = [n for n in names if not {folder / n, folder / split / n} & found]
        raise InputError(
            f"{table} lists {len(missing)} pictures that are not there (of {len(names)} of the "
            f"split {split}), first {missing[0]}; restore them or take them off the list"
        )
    inside = folder / split
    return Listing(inside if all(p.is_relative_to(inside) for p in there) else folder, there)


def _read_manifest(table: Path) -> list[tuple[str, str]]:
    """Split and file of each line."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            if not {"split", "file"} <= set(rows.fieldnames or ()):
                raise InputError(f"the first line of {table} must name the columns split and file")
            return [(row["split"] or "", row["file"] or "") for row in rows]
    except FileNotFoundError as error:
        raise _not_laid_out("manifest", table.parent) from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"can't read the list of pictures {table}: {error}") from error


LAYOUTS: dict[str, Layout] = {
    "folder": Layout("pictures anywhere below the folder", _folder),
    "imagenet": Layout(
        "train/<wnid>/*.JPEG and val/*.JPEG or val/<wnid>/*.JPEG, "
        "in the folder itself or in its ILSVRC/Data/CLS-LOC",
        _imagenet,
    ),
    "coco-stuff": Layout(
        "train2017/*.jpg and val2017/*.jpg, in the folder itself or in its images",
        _coco_stuff,
    ),
    "manifest": Layout("manifest.csv with the columns split and file", _manifest),
}
"""Every known layout by its name."""


def _first_folder(layout: str, folder: Path, places: list[Path]) -> Path:
    for place in places:
        if place.is_dir():
            return place
    raise _not_laid_out(layout, folder, f" (looked for {', '.join(map(str, places))})")


def _not_laid_out(layout: str, folder: Path, looked: str = "") -> InputError:
    return InputError(
        f"{folder} is not laid out as {layout}, which has {LAYOUTS[layout].tree}{looked}"
    )


def _walk(folder: Path, suffixes: frozenset[str], links: bool = False) -> list[Path]:
    """Every file of these suffixes below `folder`, sorted by path.

    Raises:
        InputError: if there is none, or a folder can't be listed.
    """
    found = [
        os.path.join(parent, name)
        for parent, _, names in os.walk(folder, onerror=_refuse, followlinks=links)
        for name in names
        if os.path.splitext(name)[1].lower() in suffixes
    ]
    if not found:
        raise InputError(f"no pictures ({', '.join(sorted(suffixes))}) below {folder}")
    # By parts, as paths are sorted: "a/x" comes before "a-b/x".
    return [Path(path) for path in sorted(found, key=lambda path: path.split(os.sep))]


def _refuse(error: OSError) -> None:
    raise InputError(f"can't list the folder {error.filename}: {error.strerror}") from error
