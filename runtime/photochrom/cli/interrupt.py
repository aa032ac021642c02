"""Ctrl+C, and being asked to end, while libvips writes."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cancel_on_interrupt() -> Iterator[threading.Event]:
    """An event that Ctrl+C sets, and so does SIGTERM, with which systems end processes.

    The exception that Python raises instead would come up inside libvips' progress callback, and
    C code can't pass it on: it would be printed, and the work would go on. A second Ctrl+C raises.
    """
    cancel = threading.Event()

    def stop(number: int, frame: object) -> None:
        del number, frame
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    # Others keep what they set: SIG_IGN is how a shell spares its background jobs.
    ours = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    before = {
        number: signal.signal(number, stop)
        for number, usual in ours.items()
        if signal.getsignal(number) is usual and _in_main_thread()
    }
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
