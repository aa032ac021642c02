"""A worker's process that does items one after the other, and is replaced when it breaks."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from photochrom import errors
from photochrom.batch.items import Asked, Item, Outcome
from photochrom.batch.seals import Seal, seal, settings_hash, still
from photochrom.errors import InputError, PhotochromError
from photochrom.files.whole import sweep
from photochrom.hints.sidecar import path_for
from photochrom.limits import Limits
from photochrom.worker.alone import error_of
from photochrom.worker.client import (
    Refused,
    Worker,
    WorkerEnded,
    WorkerError,
    own_argv,
    own_environment,
)

FILM_SETTINGS = ("strength", "saturation", "warmth", "size")
"""Those of the settings that films heed."""
KEYFRAMES = ".keyframes"
"""Ending of the folder beside a film that keeps what was painted on its frames."""


Tell = Callable[[Item, str, float], None]
"""Called with an item, its stage (``survey``, ``color``, ``join``), and how far that is, 0..1."""


class Hands:
    """One worker at a time; started when it is needed.

    Args:
        asked: of every item.
        threads: of the processor that it may use; None: all.
        tell: told how far a film is, from the thread that makes it.
    """

    def __init__(self, asked: Asked, threads: int | None = None, tell: Tell | None = None) -> None:
        self._asked, self._threads, self._tell = asked, threads, tell
        self._worker: Worker | None = None
        self._cancelled = threading.Event()

    def load(self) -> dict[str, Any]:
        """Start, and load the model; returns ``model`` and ``device``.

        Raises:
            PhotochromError: if that can't be done.
        """
        try:
            head, _ = self._ready().call("load", **self._model())
        except Refused as error:
            raise error_of(error) from error
        except WorkerError as error:
            self._drop()
            raise PhotochromError(str(error).splitlines()[0]) from error
        return head

    def do(self, item: Item) -> Outcome:
        """Make an item; whatever happens, it is told and not raised."""
        return self._guarded(item, lambda: self._make(item))

    def ask(self, item: Item, task: str, **said: Any) -> Outcome:
        """Something else that a worker does with an item; its answer is the report."""
        return self._guarded(item, lambda: {"report": self._ask(item, task, said)})

    def _guarded(self, item: Item, make: Callable[[], dict[str, Any]]) -> Outcome:
        began = time.perf_counter()
        told: dict[str, Any] = {}
        try:
            told = make()
        except Refused as error:
            told = {"error": str(error), "error_kind": error.kind}
        except WorkerError as error:
            self._drop()
            sweep(Path(item.target).parent)  # the broken one can't any more
            told = {"error": _words(item, error), "error_kind": type(error).__name__}
        except PhotochromError as error:
            told = {"error": str(error), "error_kind": type(error).__name__}
        except Exception as error:  # an engine must tell of every item
            words = f"photochrom failed ({type(error).__name__}: {error}); please report it"
            told = {"error": words, "error_kind": "InternalError"}
        if self._cancelled.is_set() and "error" in told:
            told = {"error": "cancelled", "error_kind": "CancelledError"}
        return Outcome(item, time.perf_counter() - began, time.time(), **told)

    def cancel(self) -> None:
        """Stop what runs; may be called from any thread."""
        self._cancelled.set()
        worker = self._worker
        if worker is not None:
            with suppress(WorkerError):
                worker.send({"op": "cancel", "id": 0})

    def close(self) -> None:
        """End the process."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None

    def _ask(self, item: Item, task: str, said: Mapping[str, Any]) -> dict[str, Any]:
        head, _ = self._ready().call(task, **{**self._model(), **self._job(item), **said})
        return head

    def _make(self, item: Item) -> dict[str, Any]:
        if self._cancelled.is_set():
            raise errors.CancelledError("cancelled")
        read = self._beside(item)
        before, settings = seal(item.source), settings_hash(self._asked.text(), read)
        head, _ = self._ready().call(
            item.kind, progress=self._progress(item), **self._model(), **self._job(item)
        )
        read += [path for path in head.pop("read", ()) if path not in read]
        shutil.rmtree(work_folder(item), ignore_errors=True)
        _check_unchanged(item.source, before)
        if settings_hash(self._asked.text(), self._beside(item)) != settings:
            raise InputError(f"what lies beside {item.source} was changed meanwhile; try again")
        return {
            "source": before,
            "settings": settings_hash(self._asked.text(), read),
            "read": tuple(read),
            "output": seal(item.target),
            "report": head,
        }

    def _progress(self, item: Item) -> Callable[[Mapping[str, Any]], None] | None:
        tell = self._tell
        if tell is None or item.kind != "film":
            return None

        def hear(head: Mapping[str, Any]) -> None:
            if "fraction" in head:
                tell(item, str(head.get("stage")), float(head["fraction"]))

        return hear

    def _job(self, item: Item) -> dict[str, Any]:
        job: dict[str, Any] = {
            "source": item.source,
            "target": item.target,
            "overwrite": item.replaces,
            "options": self._asked.options,
            "sidecar": self._asked.sidecars,
        }
        if item.kind == "film":
            job |= self._film(item)
        return job

    def _film(self, item: Item) -> dict[str, Any]:
        """What a film heeds; corrected frames keep its pieces where they are removed here."""
        said = self._asked.options
        heeded = {
            name: value for name, value in said.get("settings", {}).items() if name in FILM_SETTINGS
        }
        options = {"settings": heeded, "provenance": said.get("provenance", True)}
        keyframes = item.source + KEYFRAMES
        if not self._asked.sidecars or not os.path.isdir(keyframes):
            return {"options": options, "film": self._asked.film}
        film = {**self._asked.film, "keyframes": keyframes}
        return {"options": options, "film": film, "work": work_folder(item)}

    def _beside(self, item: Item) -> list[str]:
        """Other files that count, there or not."""
        if not self._asked.sidecars:
            return []
        paths = [str(path_for(Path(item.source)))]
        return paths + ([item.source + KEYFRAMES] if item.kind == "film" else [])

    def _model(self) -> dict[str, Any]:
        asked = self._asked
        return {"model": asked.model or None, "device": asked.device, "threads": self._threads}

    def _ready(self) -> Worker:
        if self._worker is None:
            self._worker = start_worker(self._threads, self._asked.limits)
        return self._worker

    def _drop(self) -> None:
        if self._worker is not None:
            with suppress(OSError):
                self._worker.kill()
            self._worker.close(0)
            self._worker = None


def start_worker(threads: int | None, limits: Mapping[str, Any] | None = None) -> Worker:
    """A worker that is one of several, held to limits, as nobody looks at the files before.

    Args:
        threads: of the processor that it may use; None: all.
        limits: as `photochrom.limits.Limits.from_mapping` takes them, where they are not those of
            the environment, or the usual ones.

    Raises:
        WorkerError: if it does not start.
    """
    bounds = Limits.from_mapping(limits or {}, Limits.from_environment())
    share = {} if threads is None else {"VIPS_CONCURRENCY": str(threads)}
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    worker = Worker(own_argv(), {**own_environment(), **share, **one}, bounds)
    try:
        worker.hello()
    except WorkerError:
        worker.close(0)
        raise
    return worker


def work_folder(item: Item) -> str:
    """Where the finished pieces of a film are kept until all of it is."""
    target = Path(item.target)
    return str(target.parent / f".{target.name}.photochrom-work")


def _check_unchanged(source: str, before: Seal) -> None:
    if still(source, before) is None:
        raise InputError(f"{source} was changed while it was coloured; try again when it is whole")


def _words(item: Item, error: WorkerError) -> str:
    line = str(error).splitlines()[0].removesuffix("; its last words:")
    if isinstance(error, WorkerEnded) and f"signal {int(signal.SIGKILL)}" in line:
        line += ", as systems do when memory runs out; try fewer --jobs"
    return f"can't colour {item.source}: {line}"
