"""A real screen without a monitor: Xvfb, a window manager, and xdotool for mouse and keyboard."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

PATIENCE = 60.0
"""Seconds that anything may take."""


@dataclass(frozen=True)
class Screen:
    """One that runs."""

    env: dict[str, str]
    """For programs that are to be seen on it."""

    def do(self, *words: object) -> str:
        """Run xdotool."""
        argv = ["xdotool", *map(str, words)]
        done = subprocess.run(
            argv, env=self.env, capture_output=True, text=True, check=True, timeout=PATIENCE
        )
        return done.stdout.strip()

    def window(self, title: str) -> str:
        """The number of the window with a title, as soon as it is seen."""
        return self.do("search", "--sync", "--onlyvisible", "--name", title).splitlines()[-1]

    def title(self, window: str) -> str:
        """What a window is called."""
        return self.do("getwindowname", window)

    def drag(self, *places: tuple[int, int]) -> None:
        """With the left button, from place to place of the screen."""
        self.do("mousemove", *places[0])
        time.sleep(0.2)
        self.do("mousedown", 1)
        for place in places[1:]:
            time.sleep(0.2)
            self.do("mousemove", *place)
        time.sleep(0.4)
        self.do("mouseup", 1)


@contextmanager
def screen(size: str = "1280x900x24") -> Iterator[Screen]:
    """A screen for as long as the block lasts."""
    read, write = os.pipe()
    argv = ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"]
    with subprocess.Popen(argv, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as told:
            display = f":{told.readline().strip()}"
        env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        with subprocess.Popen(["openbox"], env=env, stderr=subprocess.DEVNULL) as manager:
            try:
                yield Screen(env)
            finally:
                manager.terminate()
                manager.wait()
                server.terminate()


def until(over: Callable[[], bool], what: str) -> None:
    """Wait for something."""
    end = time.monotonic() + PATIENCE
    while not over():
        assert time.monotonic() < end, what
        time.sleep(0.1)
