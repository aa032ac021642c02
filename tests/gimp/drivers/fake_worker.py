"""A worker that shakes hands and then goes wrong, in the way that its argument names."""

import os
import signal
import sys
import time
from typing import Any

sys.path.insert(0, "/t/home/.config/GIMP/3.0/plug-ins/photochrom_gimp")
from photochrom_worker.frames import read_frame, write_frame

WAY = sys.argv[1]
TARGET = os.fdopen(os.dup(1), "wb", buffering=0)


def frame() -> Any:
    """The next one; this process ends where they do."""
    found = read_frame(sys.stdin.buffer)
    if found is None:
        os._exit(0)
    return found


def answer(**head: Any) -> None:
    """Answer a job."""
    write_frame(TARGET, {"id": 0, **head})


def main() -> None:
    """Go on until the picture is there."""
    frame()
    answer(op="hello", protocol=99 if WAY == "version" else 1, version="0", tasks=[])
    while True:
        head, _ = frame()
        if head["task"] == "sheet-color":
            break
        answer(op="result", own=False, filled=0)
    wrong()


def wrong() -> None:
    """What the argument says."""
    if WAY == "traceback":
        raise RuntimeError("the driver is lost")
    if WAY == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if WAY == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if WAY == "garbage":
        TARGET.write(b"hello, world, this is no frame")
    if WAY == "short":
        write_frame(TARGET, {"id": 0, "op": "progress", "stage": "rows", "top": 0}, bytes(10))
        answer(op="result")
    while WAY == "slow":
        answer(op="progress", stage="color", fraction=0.5)
        time.sleep(0.2)
    frame()  # hung, until the other end goes


main()
