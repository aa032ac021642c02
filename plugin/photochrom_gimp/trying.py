"""Colours of a small copy, worked out beside the program that asks. No gi."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import exchange
from exchange import Picture
from photochrom_worker.client import Worker, WorkerError
from runtime_file import Runtime

PATIENCE = 3.0
"""Seconds that a copy in work is waited for when the dialog closes; its worker is ended then."""


class Copy(NamedTuple):
    """A small copy of a picture."""

    picture: Picture
    """Of 3 or 4 channels and type ``u8``."""
    pixels: bytes


class Wish(NamedTuple):
    """What a person wants to see."""

    copy: Copy
    hints: bytes | None
    """R, G, B, A of 8 bits, of the same size."""
    job: dict[str, Any]


class Trier:
    """Tries one wish after the other, the newest first; older ones are forgotten.

    Args:
        runtime: how the worker is started; that happens with the first wish.
        show: hears the pixels of a wish that came true, or what went wrong; in another thread.
    """

    def __init__(self, runtime: Runtime, show: Callable[[bytes | Exception], None]) -> None:
        self._runtime, self._show = runtime, show
        self._worker: Worker | None = None
        self._sent: tuple[Copy, bytes | None] | None = None
        self._wish: Wish | None = None
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def wish(self, wish: Wish) -> None:
        """Try this next."""
        with self._changed:
            self._wish = wish
            self._changed.notify()

    def close(self) -> Worker | None:
        """Try nothing more; returns the worker, if there is one that has nothing to do."""
        with self._changed:
            self._closed, self._wish = True, None
            self._changed.notify()
        self._thread.join(PATIENCE)
        worker = self._worker
        if self._thread.is_alive() and worker is not None:
            worker.kill()
            self._thread.join()
            worker.close()
            return None
        return worker

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._wish is not None)
                wish, self._wish = self._wish, None
            if wish is None:
                return
            try:
                shown: bytes | Exception = self._try(wish)
            except (WorkerError, ValueError) as error:
                self._forget()
                shown = error
            self._show(shown)

    def _try(self, wish: Wish) -> bytes:
        runtime, picture = self._runtime, wish.copy.picture
        if self._worker is None:
            self._worker = Worker(runtime.argv)
            self._worker.hello(runtime.silence)
        worker = self._worker
        if self._sent != (wish.copy, wish.hints):
            exchange.begin(worker, picture, None, runtime.silence)
            exchange.send(
                worker, picture, _rows(wish.copy.pixels, picture), _nobody, runtime.silence
            )
            if wish.hints is not None:
                layer = picture._replace(channels=4)
                exchange.send_hints(worker, layer, _rows(wish.hints, layer), runtime.silence)
            self._sent = wish.copy, wish.hints
        parts: list[bytes] = []
        exchange.color(
            worker, picture, wish.job, lambda top, rows, data: parts.append(data), _nobody,
            runtime.silence,
        )  # fmt: skip
        return b"".join(parts)

    def _forget(self) -> None:
        worker, self._worker, self._sent = self._worker, None, None
        if worker is not None:
            worker.kill()
            worker.close()


def _rows(pixels: bytes, picture: Picture) -> Callable[[int, int], bytes]:
    row = picture.row
    return lambda top, count: pixels[top * row : (top + count) * row]


def _nobody(fraction: float) -> None:
    del fraction
