"""Ctrl+C while libvips writes."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cancel_on_interrupt() -> Iterator[threading.Event]:
    """An event that Ctrl+C sets.

    The exception that Python raises instead would come up inside libvips' progress callback, and
    C code can't pass it on: it would be printed, and the work would go on. A second Ctrl+C raises.
    """
    cancel = threading.Event()

    def stop(number: int, frame: object) -> None:
        del number, frame
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    before = signal.getsignal(signal.SIGINT)
    # Others keep what they set: SIG_IGN is how a shell spares its background jobs.
    ours = before is signal.default_int_handler and _in_main_thread()
    if ours:
        signal.signal(signal.SIGINT, stop)
    try:
        yield cancel
    finally:
        if ours:
            signal.signal(signal.SIGINT, before)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
