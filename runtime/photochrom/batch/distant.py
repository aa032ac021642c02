"""Sources and a destination in storages that URLs name, in place of folders."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from photochrom.batch import storage
from photochrom.batch.gathering import STDIN, Found, Gathered, LeftOut, is_hidden, is_unfinished
from photochrom.batch.items import Kind
from photochrom.batch.place import Place
from photochrom.batch.signatures import HEAD, FrameError, kind_of_start
from photochrom.errors import InputError, UnreachableError, UsageError

_FOLDED = re.compile(r"([a-z][a-z0-9+.-]+):/+(?=[^/])")
"""How a URL begins in a `Path`, which has no two slashes beside each other."""


class Bucket(Place):
    """A destination that a URL names; the cluster's workers write there, and nobody here does."""

    def __init__(self, url: str) -> None:
        self.folder = url.rstrip("/")

    def close(self) -> None:
        """Nothing is held."""

    def check(self) -> None:
        """It is asked with every output."""

    def prepare(self, target: str) -> None:
        """Folders come with what is in them."""

    @property
    def full(self) -> bool:
        """Nobody can tell."""
        return False


def url_of(path: Path) -> str | None:
    """The URL that a command line's path was; None: it is a path."""
    text = str(path)
    found = _FOLDED.match(text)
    if found is None:
        return None
    root = "/" if found[1] in ("file", "local") else ""
    return f"{found[1]}{storage.MARK}{root}{text[found.end() :]}"


def place_of(destination: Path) -> Place:
    """A destination, opened.

    Raises:
        OutputError: if it can't be one.
    """
    url = url_of(destination)
    return Place(destination) if url is None else Bucket(url)


def sources_of(said: Sequence[str]) -> list[str] | None:
    """URLs of what was said, patterns resolved; None: they are paths.

    Raises:
        InputError: if a pattern fits nothing.
        UsageError: if some are paths and others are URLs.
    """
    urls = [word for word in said if storage.is_url(word) and word != STDIN]
    if not urls:
        return None
    if len(urls) < len(said):
        raise UsageError("some sources are URLs and others paths; run one batch for each kind")
    found: list[str] = []
    for url in urls:
        some = storage.fitting(url) if any(sign in url for sign in "*?[") else [url.rstrip("/")]
        if not some:
            raise InputError(f"nothing fits {url}")
        found += some
    return list(dict.fromkeys(found))


def gather(sources: Sequence[str], destination: str, root: str | None) -> Gathered:
    """What `photochrom.batch.gathering.gather` finds, in a storage.

    Raises:
        UnreachableError: if the storage can't be asked.
        UsageError: if a source lies outside of a root that was given.
    """
    inside, tops = _objects(sources)
    gathered = Gathered(_root(tops, root))
    own = not (gathered.root + "/").startswith(destination + "/")
    for url, named in inside.items():
        if own and url.startswith(destination + "/"):
            continue
        _add(gathered, url, named)
    return gathered


def _objects(sources: Sequence[str]) -> tuple[dict[str, bool], list[str]]:
    """All objects, with whether they were named themselves, and the folders that hold them."""
    found: dict[str, bool] = {}
    tops = []
    for source in sources:
        if storage.stamp(source) is not None:
            found[source] = True
            tops.append(storage.folder_of(source))
        else:
            found.update({url: False for url in storage.below(source) if url not in found})
            tops.append(source)
    return found, tops


def _add(gathered: Gathered, url: str, named: bool) -> None:
    if not named and _is_hidden(url.removeprefix(gathered.root + "/")):
        gathered.others += 1
    elif not named and is_unfinished(url):
        gathered.left_out.append(LeftOut(url, "its name says that it is not whole yet"))
    else:
        try:
            kind: Kind | None = kind_of_start(storage.head(url, HEAD), url)
        except (UnreachableError, FrameError) as error:
            lost = isinstance(error, UnreachableError)
            gathered.left_out.append(LeftOut(url, str(error), failed=named or lost))
            return
        if kind is None and not named:
            gathered.others += 1
        else:
            gathered.found.append(Found(url, kind or "photo"))


def _is_hidden(inside: str) -> bool:
    parts = inside.split("/")
    # a folder of keyframes belongs to the film beside it; nothing else is called so
    folders = any(part.startswith(".") or part.endswith(".keyframes") for part in parts[:-1])
    return folders or is_hidden(parts[-1], set())


def _root(tops: Sequence[str], chosen: str | None) -> str:
    if chosen is None:
        return storage.common(list(tops))
    root = (url_of(Path(chosen)) or chosen).rstrip("/")
    for top in tops:
        if not f"{top}/".startswith(f"{root}/"):
            raise UsageError(f"{top} does not lie in {root}; choose a --root that holds it")
    return root
