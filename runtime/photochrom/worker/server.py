"""The far end of a worker: one thread hears what is asked, the main one does it, job by job."""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, NoReturn

from photochrom import __version__
from photochrom.errors import CancelledError, PhotochromError, UsageError
from photochrom.limits import Limits, memory_words
from photochrom.worker import limits
from photochrom.worker.calls import Models
from photochrom.worker.frames import PROTOCOL, Head, ProtocolError, read_frame, write_frame
from photochrom.worker.reels import Reels
from photochrom.worker.sheets import Sheets
from photochrom.worker.tasks import TASKS
from photochrom.worker.views import Views

STEP = 0.02
"""Progress is told in steps of at least this fraction."""


@dataclass(eq=False)
class Call:
    """A job that is asked for: what `photochrom.worker.tasks` see of the other end."""

    server: Server
    head: Head
    payload: bytes
    cancel: threading.Event = field(default_factory=threading.Event)
    pause: threading.Event = field(default_factory=threading.Event)
    _told: tuple[str, float] = ("", 0.0)

    @property
    def models(self) -> Models:
        """Those that are loaded."""
        return self.server.models

    @property
    def views(self) -> Views:
        """The picture that is open."""
        return self.server.views

    def progress(self, stage: str, fraction: float, seconds_left: float | None) -> None:
        """Tell how far the job is, unless that is what was told last."""
        before, done = self._told
        far = not 0 <= fraction - done < STEP or (fraction == 1 and done < 1)
        if stage == before and not far:
            return
        self._told = (stage, fraction)
        self.tell(stage=stage, fraction=fraction, seconds_left=seconds_left)

    @property
    def reels(self) -> Reels:
        """The film that is open."""
        return self.server.reels

    @property
    def sheets(self) -> Sheets:
        """The picture that came in strips."""
        return self.server.sheets

    def tell(self, payload: Any = b"", **what: Any) -> None:
        """Send a frame ``progress``."""
        self.server.send({"op": "progress", "id": self.head.get("id"), **what}, payload)

    def answer(self, head: Mapping[str, Any], payload: Any = b"") -> None:
        """Send the frame that ends the job."""
        self.server.send({"id": self.head.get("id"), **head}, payload)


class Server:
    """Serves one other end until its input ends."""

    def __init__(self, source: IO[bytes], target: IO[bytes], held: Limits) -> None:
        self.models, self.views, self.reels = Models(), Views(), Reels()
        self.sheets = Sheets()
        self._source, self._target, self._limits = source, target, held
        self._sending = threading.Lock()
        self._waiting: queue.Queue[Call] = queue.Queue()
        self._calls: dict[Any, Call] = {}

    def send(self, head: Mapping[str, Any], payload: Any = b"") -> None:
        """Send a frame; the other end is gone if that fails, and so is this process then."""
        try:
            with self._sending:
                write_frame(self._target, head, payload)
        except OSError:
            os._exit(0)

    def serve(self) -> NoReturn:
        """Shake hands, and work."""
        self._shake_hands()
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            call = self._waiting.get()
            self._work(call)
            self._calls.pop(call.head.get("id"), None)

    def _shake_hands(self) -> None:
        head, _ = self._next()
        tasks = sorted(TASKS)
        self.send({"op": "hello", "protocol": PROTOCOL, "version": __version__, "tasks": tasks})
        if head.get("op") != "hello" or head.get("protocol") != PROTOCOL:
            self._end(f"this worker speaks version {PROTOCOL} of its protocol")

    def _listen(self) -> None:
        """Hear of jobs; when the input ends, so does the process, in the middle of what it does."""
        while True:
            head, payload = self._next()
            number = head.get("id")
            if head.get("op") == "job":
                call = self._calls[number] = Call(self, head, payload)
                self._waiting.put(call)
            elif head.get("op") in ("cancel", "pause", "resume"):
                self._steer(str(head["op"]), number)
            else:
                self._end(f"unknown frame {head.get('op')!r}")

    def _steer(self, what: str, number: Any) -> None:
        call = self._calls.get(number)
        if call is None:  # it is done already
            return
        if what == "cancel":
            call.cancel.set()
        elif what == "pause":
            call.pause.set()
        else:
            call.pause.clear()

    def _next(self) -> tuple[Head, bytes]:
        try:
            frame = read_frame(self._source)
        except ProtocolError as error:
            self._end(str(error))
        if frame is None:
            os._exit(0)
        return frame

    def _end(self, message: str) -> NoReturn:
        self.send({"op": "error", "kind": "ProtocolError", "message": message, "exit_code": 2})
        os._exit(2)

    def _work(self, call: Call) -> None:
        try:
            task = TASKS.get(str(call.head.get("task")))
            limits.allow_seconds(self._limits.seconds_for(str(call.head.get("task"))))
            if task is None:
                known = ", ".join(sorted(TASKS))
                raise UsageError(f"there is no task {call.head.get('task')!r}; tasks: {known}")
            if call.cancel.is_set():
                raise CancelledError("cancelled before its turn")
            head, payload = task(call)
            call.answer({"op": "result", **head}, payload)
        except PhotochromError as error:
            call.answer(_failure(type(error).__name__, str(error), error.exit_code))
        except MemoryError:
            call.answer(_failure("OutOfMemoryError", memory_words(), 6))
        except Exception as error:  # whatever it is, the other end must hear of it
            words = f"photochrom failed ({type(error).__name__}: {error}); please report it"
            call.answer({**_failure("InternalError", words, 1), "details": traceback.format_exc()})


def _failure(kind: str, message: str, code: int) -> Head:
    return {"op": "error", "kind": kind, "message": message, "exit_code": code}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Serve on standard input and output, within limits.

    Args:
        arguments: ``--limits pixels=…``, or none; None: those of this process.
    """
    try:
        held = limits.of_arguments(sys.argv[1:] if arguments is None else arguments)
    except UsageError as error:
        sys.exit(f"photochrom.worker: {error}")
    limits.impose(held)
    # stray prints of libraries must not come between frames
    target = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the program that started this one
    Server(os.fdopen(os.dup(0), "rb", buffering=0), target, held).serve()
