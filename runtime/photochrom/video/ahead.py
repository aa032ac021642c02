"""Iterators that work ahead in a thread of their own: decoder, network and encoder side by side."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

FRAMES = 8
"""Frames that wait between two threads at most; a frame of 4K takes 12 MB."""


class _End:
    """Nothing follows but this error, if there is one."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(items: Iterable[T], most: int = FRAMES) -> Generator[T]:
    """The same items in the same order, made in another thread; its errors are raised here.

    When the result is closed before its end, that thread stops after the item that it is at.

    Args:
        items: what is made; only that thread touches it from now on.
        most: items that wait at most.
    """
    waiting: queue.Queue[T | _End] = queue.Queue(most)
    stop = threading.Event()
    worker = threading.Thread(target=_fill, args=(items, waiting, stop), daemon=True)
    worker.start()
    try:
        while not isinstance(item := waiting.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        stop.set()
        with suppress(queue.Empty):
            while True:
                waiting.get_nowait()
        worker.join()


def _fill(items: Iterable[T], waiting: queue.Queue[T | _End], stop: threading.Event) -> None:
    error: BaseException | None = None
    iterator = iter(items)
    try:
        for item in iterator:
            waiting.put(item)
            if stop.is_set():
                break
    except BaseException as raised:
        error = raised
    finally:
        close = getattr(iterator, "close", None)
        if close is not None:
            close()
    if not stop.is_set():
        waiting.put(_End(error))
