"""Small copies of pictures and films, made by workers as any file may be hostile."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

from photochrom.batch.hands import start_worker
from photochrom.batch.local import usual_jobs
from photochrom.worker.client import Refused, Worker, WorkerError

SIDE = 160
"""Pixels of the long side."""
SILENCE = 60.0
"""Seconds after which a picture is given up."""


class Thumbnails:
    """Use `open_thumbnails`."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool, self._local = pool, threading.local()
        self.workers: set[Worker] = set()

    def of(self, paths: Iterable[str]) -> Iterator[bytes | None]:
        """JPEG files, in the order of the paths; None for what can't be shown."""
        return iter(self._pool.map(self._one, paths))

    def _one(self, path: str) -> bytes | None:
        with suppress(Refused):
            try:
                _, jpeg = self._ready().call(
                    "glance", silence=SILENCE, source=path, side=SIDE, format="jpeg"
                )
                return jpeg
            except WorkerError as error:
                if isinstance(error, Refused):
                    raise
                self._drop()
        return None

    def _ready(self) -> Worker:
        worker: Worker | None = getattr(self._local, "worker", None)
        if worker is None:
            worker = self._local.worker = start_worker(1)
            self.workers.add(worker)
        return worker

    def _drop(self) -> None:
        worker: Worker | None = getattr(self._local, "worker", None)
        self._local.worker = None
        if worker is not None:
            self.workers.discard(worker)
            with suppress(OSError):
                worker.kill()
            worker.close(0)


@contextmanager
def open_thumbnails(jobs: int | None = None) -> Iterator[Thumbnails]:
    """Workers that make thumbnails, for the time of a block."""
    with ThreadPoolExecutor(jobs or usual_jobs(), thread_name_prefix="thumbnails") as pool:
        thumbnails = Thumbnails(pool)
        try:
            yield thumbnails
        finally:
            pool.shutdown(cancel_futures=True)
            for worker in thumbnails.workers:
                worker.close()
