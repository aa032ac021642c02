"""The near end of a worker: the process, and what is said to it (docs/worker-protocol.md).

It knows nothing but the standard library and `frames`, which it finds beside it: editors' own
Pythons run both (GIMP's, from 3.9 on), as part of their plug-ins.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any

from .frames import PROTOCOL, Frame, Head, ProtocolError, read_frame, write_frame

if TYPE_CHECKING:  # an editor's copy of this file goes without
    from photochrom.limits import Limits

SILENCE = 120.0
"""Seconds without a word after which a worker counts as hung: loading a model takes a few."""
LINES = 40
"""Last lines of a worker's own words that an error shows."""
FOREIGN = ("PYTHON", "DYLD_", "GI_TYPELIB_PATH", "GEGL_PATH", "BABL_PATH", "LD_LIBRARY_PATH")
"""How variables' names begin that are about the program around, and mislead a worker."""
KEPT = ("PYTHONDONTWRITEBYTECODE",)
"""Variables that begin so and yet count: on a full disk Python may leave half a module behind."""
STARVED = (5, 6, 11)
"""Signals by which libraries end a process that gets no memory: trap, abort, a fault."""


class WorkerError(Exception):
    """A worker could not do what it was asked for."""


class WorkerEnded(WorkerError):
    """The process ended before its answer: it crashed, or was killed."""


class WorkerSilent(WorkerError):
    """The process has said nothing for too long."""


class WorkerOverdue(WorkerError):
    """The process has worked for longer than a job may take, and was ended."""


class Refused(WorkerError):
    """The worker answered with an error.

    Attributes:
        kind: name of the class in `photochrom.errors`; ``InternalError`` for what nobody foresaw.
        details: a traceback, if there is one.
    """

    def __init__(self, head: Head) -> None:
        super().__init__(str(head.get("message", "unknown reason")))
        self.kind = str(head.get("kind", "InternalError"))
        self.details = str(head.get("details", ""))


class Worker:
    """A worker's process.

    Args:
        argv: how it is started, an absolute path first; no shell.
        env: its environment; None: this process' own, without what is `FOREIGN`.
        limits: what files may ask for (`photochrom.limits.Limits`): the process is told them and
            holds itself to them, and `call` ends it when its time is over. None: nothing is ended
            but what is silent for `SILENCE` seconds.

    Raises:
        WorkerError: if it can't be started.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits
        told = [] if limits is None else ["--limits", limits.to_text()]
        try:
            self._process = subprocess.Popen(
                [*argv, *told],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(env) if env is not None else own_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise WorkerError(f"can't start {argv[0]}: {error.strerror or error}") from error
        self._said: deque[str] = deque(maxlen=LINES)
        self._frames: queue.Queue[Frame | ProtocolError | None] = queue.Queue(maxsize=64)
        self._sending = threading.Lock()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._drainer = threading.Thread(target=self._drain, daemon=True)
        for thread in (self._listener, self._drainer):
            thread.start()

    @property
    def pid(self) -> int:
        """The process' number."""
        return self._process.pid

    @property
    def last_words(self) -> str:
        """The end of what it wrote for people."""
        return "".join(self._said).strip()

    def hello(self, silence: float = SILENCE) -> Head:
        """Shake hands; returns what the worker tells of itself: ``version``, ``tasks``.

        Raises:
            WorkerError: if it speaks another version, or does not answer.
        """
        self.send({"op": "hello", "protocol": PROTOCOL})
        head, _ = self.receive(silence)
        if head.get("op") != "hello" or head.get("protocol") != PROTOCOL:
            raise WorkerError(
                f"the worker speaks version {head.get('protocol')} of the protocol, and this "
                f"program {PROTOCOL}; install both from the same photochrom"
            )
        return head

    def send(self, head: Mapping[str, Any], payload: bytes = b"") -> None:
        """Send a frame; may be called from any thread.

        Raises:
            WorkerEnded: if the process is gone.
        """
        assert self._process.stdin is not None
        try:
            with self._sending:
                write_frame(self._process.stdin, head, payload)
        except (OSError, ValueError) as error:
            raise self._ended() from error

    def receive(self, silence: float | None = SILENCE) -> Frame:
        """The next frame.

        Args:
            silence: seconds that are waited for it; None: for ever.

        Raises:
            WorkerEnded: if the process is gone.
            WorkerSilent: if nothing came.
            WorkerError: if what came is no frame.
        """
        try:
            frame = self._frames.get(timeout=silence)
        except queue.Empty:
            raise WorkerSilent(f"the worker has said nothing for {silence:.0f} s") from None
        if frame is None:
            raise self._ended()
        if isinstance(frame, ProtocolError):
            raise WorkerError(f"the worker sent what can't be understood: {frame}")
        return frame

    def call(
        self,
        task: str,
        payload: bytes = b"",
        progress: Callable[[Head], None] | None = None,
        silence: float | None = None,
        parts: Callable[[Head, bytes], None] | None = None,
        **said: Any,
    ) -> Frame:
        """Ask for a task and wait for its answer.

        Args:
            task: its name.
            payload: pixels, if it takes some.
            progress: hears every ``progress`` frame's header.
            silence: seconds without a word after which it counts as hung; None: those of the
                limits, or `SILENCE`.
            parts: hears every ``progress`` frame that has a payload.
            said: the rest of what the task is told.

        Raises:
            WorkerError: if there is no answer, or that it can't be done; one that is silent, or
                takes longer than its limits allow, is ended.
        """
        self.send({"op": "job", "id": 0, "task": task, **said}, payload)
        if silence is None:
            silence = SILENCE if self._limits is None else self._limits.silence
        seconds = None if self._limits is None else self._limits.seconds_for(task)
        end = None if seconds is None else monotonic() + seconds
        while True:
            head, body = self._receive_or_kill(silence, end, task)
            if head.get("op") == "result":
                return head, body
            if head.get("op") == "error":
                raise Refused(head)
            if progress is not None:
                progress(head)
            if parts is not None and body:
                parts(head, body)

    def _receive_or_kill(self, silence: float | None, end: float | None, task: str) -> Frame:
        left = None if end is None else end - monotonic()
        try:
            if left is None or (silence is not None and silence < left):
                return self.receive(silence)
            return self.receive(max(left, 0))
        except WorkerSilent as error:
            self.kill()
            if end is None or monotonic() < end:
                raise WorkerSilent(f"{error}; it was ended{self._raised('silence')}") from None
            raise WorkerOverdue(
                f"the job took too long; it was ended{self._of_time(task)}"
            ) from None

    def close(self, patience: float = 5.0) -> None:
        """End the process: it ends by itself when its input does; else it is killed."""
        stdin = self._process.stdin
        assert stdin is not None
        with suppress(OSError):
            stdin.close()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
        self._discard()
        self._drainer.join(1)
        for pipe in (self._process.stdout, self._process.stderr):
            assert pipe is not None
            pipe.close()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        last: ProtocolError | None = None
        try:
            while True:
                frame = read_frame(self._process.stdout)
                if frame is None:
                    break
                self._frames.put(frame)
        except ProtocolError as error:
            last = error
        except (OSError, ValueError):
            pass
        self._frames.put(last)

    def _discard(self) -> None:
        """Let the listener end, which may wait for room."""
        while self._listener.is_alive():
            with suppress(queue.Empty):
                self._frames.get(timeout=0.05)

    def _drain(self) -> None:
        assert self._process.stderr is not None
        with suppress(OSError, ValueError):
            for line in self._process.stderr:
                self._said.append(line.decode("utf-8", "replace"))

    def _ended(self) -> WorkerEnded:
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            self.kill()
            return WorkerEnded("the worker closed its pipe, so it was ended")
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        if -code in STARVED:
            how += self._raised("memory")
        self._drainer.join(1)
        words = self.last_words
        return WorkerEnded(f"the worker {how}" + (f"; its last words:\n{words}" if words else ""))

    def _of_time(self, task: str) -> str:
        films = self._limits is not None and task in self._limits.FILM_TASKS
        return self._raised("film_seconds" if films else "seconds")

    def _raised(self, name: str) -> str:
        """What a message says of a limit; nothing where there is none."""
        most = getattr(self._limits, name, None)
        if most is None:
            return ""
        return f" (the limit {name} is {most:g}; PHOTOCHROM_LIMITS={name}=… sets another)"


def own_environment() -> dict[str, str]:
    """This process' environment without what misleads a worker."""
    names = (name for name in os.environ if name in KEPT or not name.startswith(FOREIGN))
    return {name: os.environ[name] for name in names}


def own_argv() -> list[str]:
    """How the worker of this Python's photochrom is started; of a bundle's, if this is one."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--worker"]
    return [sys.executable, "-u", "-m", "photochrom.worker"]
