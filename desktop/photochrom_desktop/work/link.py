"""A worker's process as a Qt object: it starts when it is needed, and again after it died."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from itertools import count
from typing import Any

from PySide6.QtCore import QObject, Signal

from photochrom.worker.client import Worker, WorkerError, own_argv


class Link(QObject):
    """Jobs for one worker; all of it is called from the window's thread.

    Args:
        parent: of the object.
        niceness: how far the worker stands back when others need the processor, 0..19; heeded
            where the system knows it.

    Signals:
        progressed: a job's number and header.
        streamed: the same and a payload, of progress that has one.
        answered: a job's number, header and payload.
        refused: a job's number, kind of error, message and details.
        died: why the worker is gone; the jobs that it had are refused first.
    """

    progressed = Signal(int, dict)
    streamed = Signal(int, dict, bytes)
    answered = Signal(int, dict, bytes)
    refused = Signal(int, str, str, str)
    died = Signal(str)
    _heard = Signal(object, dict, bytes)
    _ended = Signal(object, str)

    def __init__(self, parent: QObject | None = None, niceness: int = 0) -> None:
        super().__init__(parent)
        self._niceness = niceness
        self._numbers = count(1)
        self._waiting: set[int] = set()
        self._worker: Worker | None = None
        self._heard.connect(self._hear)
        self._ended.connect(self._end)

    @property
    def pid(self) -> int | None:
        """The process' number, while there is one."""
        return None if self._worker is None else self._worker.pid

    def ask(self, task: str, **said: Any) -> int:
        """Ask for a task; its number, which the signals tell."""
        number = next(self._numbers)
        self._waiting.add(number)
        try:
            self._started().send({"op": "job", "id": number, "task": task, **said})
        except WorkerError as error:
            self._ended.emit(self._worker, str(error))
        return number

    def steer(self, number: int, what: str) -> None:
        """Tell a job to ``cancel``, ``pause`` or ``resume``; it may be over already."""
        if self._worker is not None and number in self._waiting:
            with suppress(WorkerError):  # its end is heard of by the thread that listens
                self._worker.send({"op": what, "id": number})

    def close(self) -> None:
        """End the process; whatever it does, no signal comes any more."""
        worker, self._worker = self._worker, None
        self._waiting.clear()
        if worker is not None:
            worker.close(patience=1.0)

    def _started(self) -> Worker:
        if self._worker is None:
            worker = self._worker = Worker(own_argv())
            if self._niceness and sys.platform != "win32":
                with suppress(OSError):  # it is gone already: the thread hears of it
                    os.setpriority(os.PRIO_PROCESS, worker.pid, self._niceness)
            # said at once: the answers come in their order
            worker.send({"op": "hello", "protocol": 1})
            threading.Thread(target=self._listen, args=(worker,), daemon=True).start()
        return self._worker

    def _listen(self, worker: Worker) -> None:
        """In a thread of its own, until the process ends."""
        with suppress(RuntimeError):  # the window is gone
            try:
                while True:
                    self._heard.emit(worker, *worker.receive(silence=None))
            except WorkerError as error:
                self._ended.emit(worker, str(error))

    def _hear(self, worker: Worker, head: dict[str, Any], payload: bytes) -> None:
        number = head.get("id")
        if worker is not self._worker or number not in self._waiting:
            return
        if head["op"] == "progress":
            if payload:
                self.streamed.emit(number, head, payload)
            else:
                self.progressed.emit(number, head)
            return
        self._waiting.discard(number)
        if head["op"] == "result":
            self.answered.emit(number, head, payload)
        else:
            words = str(head.get("message")), str(head.get("details", ""))
            self.refused.emit(number, str(head.get("kind")), *words)

    def _end(self, worker: Worker | None, reason: str) -> None:
        if worker is not self._worker:
            return
        self._worker = None
        if worker is not None:
            worker.close(patience=0.1)
        lost, self._waiting = sorted(self._waiting), set()
        for number in lost:
            self.refused.emit(number, "WorkerEnded", reason, "")
        self.died.emit(reason)
