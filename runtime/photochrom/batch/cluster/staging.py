"""Items in a storage that URLs name: copied to this machine's disk, done there, copied back."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from photochrom.batch import storage
from photochrom.batch.cluster import copies
from photochrom.batch.cluster.orders import Order
from photochrom.batch.hands import KEYFRAMES, work_folder
from photochrom.batch.items import Item, Outcome
from photochrom.batch.seals import Seal
from photochrom.batch.storage import Stamp, is_url
from photochrom.errors import InputError
from photochrom.files.whole import make_folder
from photochrom.hints.sidecar import ENDING as SIDECAR
from photochrom.parts import Part

Do = Callable[[Item], Outcome]


def staged(order: Order, sidecars: bool, do: Do) -> Outcome:
    """Do an order with copies.

    Args:
        order: its item's source or target, or both, are URLs.
        sidecars: whether what lies beside the source counts.
        do: does it with an item that has paths.

    Raises:
        UnreachableError, OutputError: if the storage fails.
    """
    began = time.perf_counter()
    with _folder() as folder:
        outcome = _Stage(order, folder, sidecars).run(do)
    seconds = time.perf_counter() - began
    return replace(outcome, item=order.item, seconds=seconds, finished=time.time())


@dataclass(frozen=True)
class _Stage:
    """One order's copies, in a folder that goes."""

    order: Order
    folder: Path
    sidecars: bool

    def run(self, do: Do) -> Outcome:
        part = self.order.part
        if part is not None and self.stores and storage.stamp(self._kept(part.piece)) is not None:
            return Outcome(self.item, 0, 0)
        stamp = self._bring_source() if is_url(self.item.source) else None
        if self.stores:
            self._bring_work()
        outcome = do(self.local)
        outcome = replace(outcome, error=outcome.error.replace(str(self.folder), "copy of"))
        if not outcome.done:
            return outcome
        if stamp is not None:
            if storage.stamp(self.item.source) != stamp:
                raise InputError(f"{self.item.source} was changed while it was coloured; try again")
            outcome = self._named(outcome, stamp)
        return self._take(outcome) if self.stores else outcome

    @property
    def item(self) -> Item:
        return self.order.item

    @property
    def stores(self) -> bool:
        """Whether the result goes into a storage."""
        return is_url(self.item.target)

    @property
    def local(self) -> Item:
        """The item as this machine's disk has it."""
        source, target = self.item.source, self.item.target
        if is_url(source):
            source = str(self.folder / "source" / storage.name_of(source))
        if is_url(target):
            target = str(make_folder(self.folder / "target") / storage.name_of(target))
        return replace(self.item, source=source, target=target)

    @property
    def work(self) -> Path:
        """Where pieces are made here."""
        return Path(work_folder(self.local))

    def _kept(self, name: str) -> str:
        """Where a file of the work folder is kept for all machines."""
        target = self.item.target
        folder = f".{storage.name_of(target)}.photochrom-work"
        return storage.join(storage.join(storage.folder_of(target), folder), name).rstrip("/")

    def _bring_source(self) -> Stamp:
        url, path = self.item.source, Path(self.local.source)
        stamp = storage.stamp(url)
        if stamp is None:
            raise InputError(f"{url} is gone")
        make_folder(path.parent)
        copies.bring(url, stamp, path, kept=self.item.kind == "film")
        if self.sidecars:
            self._bring_beside(url, path)
        return stamp

    def _bring_beside(self, url: str, path: Path) -> None:
        if storage.stamp(url + SIDECAR) is not None:
            storage.fetch(url + SIDECAR, path.with_name(path.name + SIDECAR))
        if self.item.kind == "film" and storage.is_folder(url + KEYFRAMES):
            frames = make_folder(path.with_name(path.name + KEYFRAMES))
            for one in storage.below(url + KEYFRAMES):
                storage.fetch(one, frames / storage.name_of(one))

    def _bring_work(self) -> None:
        """Of a film: what a part needs, or all of it to join."""
        order = self.order
        if order.part is not None:
            names = [order.survey, _list(), order.part.needs]
            wanted = [self._kept(name) for name in names if name is not None]
        elif order.task == "whole" and self.item.kind == "film":
            wanted = list(storage.below(self._kept("")))
        else:
            return
        make_folder(self.work)
        for url in wanted:
            storage.fetch(url, self.work / storage.name_of(url))

    def _named(self, outcome: Outcome, stamp: Stamp) -> Outcome:
        """What was read, by URLs."""
        here, there = str(Path(self.local.source).parent), storage.folder_of(self.item.source)
        read = tuple(one.replace(here, there, 1) for one in outcome.read)
        seal = outcome.source
        return replace(outcome, read=read, source=seal and replace(seal, changed=stamp.changed))

    def _take(self, outcome: Outcome) -> Outcome:
        if self.order.task == "cut":
            return self._take_cut(outcome)
        if self.order.part is not None:
            self._take_part(self.order.part)
            return outcome
        assert outcome.output is not None
        storage.put(Path(self.local.target), self.item.target)
        stamp = storage.stamp(self.item.target)
        if self.item.kind == "film":
            storage.remove_folder(self._kept(""))
        changed = "" if stamp is None else stamp.changed
        return replace(outcome, output=Seal(outcome.output.sha256, outcome.output.size, changed))

    def _take_cut(self, outcome: Outcome) -> Outcome:
        """Keep what was found, and see which parts an earlier run has made."""
        there = {storage.name_of(url) for url in storage.below(self._kept(""))}
        for name in (str(outcome.report["survey"]), _list()):
            storage.put(self.work / name, self._kept(name))
        told: list[dict[str, Any]] = outcome.report["parts"]
        parts = [{**part, "done": part["piece"] in there} for part in told]
        return replace(outcome, report={**outcome.report, "parts": parts})

    def _take_part(self, part: Part) -> None:
        """Keep a piece; it comes last, as it tells that the part is done."""
        for name in (part.leaves, _list(part.number), part.piece):
            if name is not None:
                storage.put(self.work / name, self._kept(name))


def _list(number: int | None = None) -> str:
    """A list of finished pieces: the one of whoever cut the film, or of who made a part."""
    from photochrom.video import work  # needs the extra, as films do

    return work.LIST if number is None else work.list_of(number)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder of this order's own."""
    home = make_folder(copies.home())
    with suppress(OSError):  # pictures are private
        home.chmod(0o700)
    with tempfile.TemporaryDirectory(prefix="order-", dir=home) as folder:
        yield Path(folder)
