"""A batch as it is asked for: sources found, journal and engine opened, items done."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from photochrom.batch import distant, telling
from photochrom.batch.driver import Driver, Listener, Policy
from photochrom.batch.engine import Engine
from photochrom.batch.gathering import Found, Gathered, gather
from photochrom.batch.items import Asked
from photochrom.batch.journal import Journal, open_journal
from photochrom.batch.local import LocalEngine
from photochrom.batch.naming import Names
from photochrom.batch.seals import seal
from photochrom.batch.storage import is_url
from photochrom.batch.watching import Kinds, Watching
from photochrom.errors import UsageError
from photochrom.folders import data_folder
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import find_model

KEPT = ("root", "portable", "jobs", "engine", "address")
"""What a second run of the same batch wants too, beside its sources."""


@dataclass(frozen=True)
class Wanted:
    """What a person wants of a batch."""

    sources: tuple[str, ...]
    """Absolute paths (`photochrom.batch.gathering.sources_of`)."""
    destination: Path
    asked: Asked = field(default_factory=Asked)
    root: str | None = None
    """Folder from which the tree is mirrored; None: the deepest that holds all sources."""
    portable: bool = False
    """Whether outputs get names that every system can hold."""
    overwrite: bool = False
    on_error: Policy = "continue"
    journal: Path | None = None
    """None: in the person's data folder, by the destination."""
    jobs: int | None = None
    """Items at once; None: as many as the machine, or the cluster, holds."""
    engine: Literal["local", "ray"] = "local"
    address: str | None = None
    """Of a Ray cluster; None: the one that Ray finds."""
    resources: tuple[str, ...] = ()
    """What each order takes of a machine of the cluster, ``NAME=AMOUNT`` each."""

    @property
    def journal_path(self) -> Path:
        """Where the journal lies."""
        return self.journal or usual_journal(self.destination)


@dataclass(frozen=True)
class Open:
    """A batch that can be run."""

    wanted: Wanted
    journal: Journal
    driver: Driver

    def gather(self) -> tuple[Gathered, list[str]]:
        """Find the sources, and enter them; returns them, and names of items."""
        wanted = self.wanted
        look = distant.gather if any(map(is_url, wanted.sources)) else gather
        gathered = look(wanted.sources, self.driver.place.folder, wanted.root)
        names = self.driver.enter(gathered.found, gathered.root, self._names())
        if isinstance(self.driver.engine, LocalEngine):
            self.driver.engine.expect(len(names))
        return gathered, names

    @property
    def report_path(self) -> Path:
        """Where its report goes: the destination, or beside the journal where that is a storage."""
        folder = self.driver.place.folder
        if is_url(folder):
            return self.journal.path.with_suffix(".html")
        return Path(folder, f"{telling.NAME}.html")

    def watch(self) -> Iterator[str | None]:
        """Names of items as their files arrive, until it is cancelled.

        Raises:
            UsageError: if a source is no folder.
        """
        for source in self.wanted.sources:
            if not os.path.isdir(source):
                raise UsageError(f"--watch looks into folders, and {source} is none")
        kinds, names, folder = Kinds(), self._names(), self.driver.place.folder
        root = gather(self.wanted.sources, folder, self.wanted.root, kinds).root

        def look() -> Gathered:
            return gather(self.wanted.sources, folder, root, kinds)

        def enter(found: list[Found]) -> list[str]:
            return self.driver.enter(found, root, names)

        return Watching(look, enter, self.driver.cancel).names()

    def _names(self) -> Names:
        codec = self.wanted.asked.film.get("encoding", {}).get("codec", "h264")
        return Names(str(codec), self.wanted.portable)


@contextmanager
def open_batch(
    wanted: Wanted,
    listener: Listener,
    cancel: threading.Event,
    engine: Callable[[Wanted], Engine] | None = None,
) -> Iterator[Open]:
    """Everything that a batch needs, opened.

    Args:
        wanted: what is asked for.
        listener: hears of items.
        cancel: stops it, once set.
        engine: makes what runs the items; None: workers on this machine.

    Raises:
        ModelError: if there is no such model.
        OutputError: if the destination or the journal can't be written.
    """
    model = seal(str(find_model(wanted.asked.model or DEFAULT_MODEL))).sha256
    with (
        closing(distant.place_of(wanted.destination)) as place,
        open_journal(wanted.journal_path) as journal,
    ):
        journal.keep(destination=place.folder, wanted=_kept(wanted))
        runs = engine(wanted) if engine else _engine(wanted, place.folder, listener)
        driver = Driver(
            journal,
            place,
            runs,
            wanted.asked,
            model,
            listener,
            wanted.overwrite,
            wanted.on_error,
            cancel,
        )
        yield Open(wanted, journal, driver)


def _engine(wanted: Wanted, destination: str, listener: Listener) -> Engine:
    if wanted.engine == "ray":
        from photochrom.batch.cluster.connection import Demand
        from photochrom.batch.cluster.engine import RayEngine

        demand = Demand.of(wanted.resources, wanted.asked.device)
        return RayEngine(wanted.asked, wanted.address, demand, wanted.jobs)
    if any(map(is_url, (*wanted.sources, destination))):
        raise UsageError("storages that URLs name are for --engine ray; name folders")
    return LocalEngine(wanted.asked, wanted.jobs, listener.progress)


def usual_journal(destination: Path) -> Path:
    """Where the journal of a destination lies, on a disk of this machine."""
    real = distant.url_of(destination) or os.path.realpath(destination)
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:12]
    return data_folder() / "batches" / f"{digest}.sqlite"


def wanted_again(journal: Journal) -> Wanted:
    """What was wanted of a journal's batch when it ran last."""
    kept: Mapping[str, Any] = journal.fact("wanted")
    asked = Asked(**kept["asked"])
    others = {name: kept[name] for name in KEPT}
    resources = tuple(kept["resources"])
    destination = Path(journal.fact("destination"))
    sources = tuple(kept["sources"])
    return Wanted(sources, destination, asked, journal=journal.path, resources=resources, **others)


def _kept(wanted: Wanted) -> dict[str, Any]:
    names = ("sources", "resources", *KEPT)
    return {**{name: getattr(wanted, name) for name in names}, "asked": asdict(wanted.asked)}
