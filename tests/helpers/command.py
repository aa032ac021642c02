"""Running the command line: inside the test, which is quick, or as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import photochrom
from photochrom.cli import main

TIMEOUT = 120
"""Seconds after which a process counts as hung."""
COMMAND = (sys.executable, "-c", "import sys; from photochrom.cli import main; sys.exit(main())")
SOURCES = str(Path(photochrom.__file__).parents[1])
Popen = subprocess.Popen[str]


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def error_line(self) -> str:
        """The one line that an error is; fails the test if there is more or less."""
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("photochrom: "), self.err
        return lines[0]


def run(*arguments: object) -> Result:
    """Run ``photochrom`` in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(bool(end.code))
    return Result(code, out.getvalue(), err.getvalue())


def start(
    *arguments: object,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    before: Sequence[str] = (),
) -> Popen:
    """Start ``photochrom`` as a process that Ctrl+C reaches; `before` is what starts it."""
    return subprocess.Popen(
        [*before, *COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": SOURCES, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="surrogateescape",
        # a test runner in the background hands on that Ctrl+C is ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def finish(process: Popen, seconds: float = TIMEOUT) -> Result:
    """Wait for a process; after so many seconds it counts as hung."""
    with process:
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Result(process.returncode, out, err)


def run_process(*arguments: object, cwd: Path, env: Mapping[str, str] | None = None) -> Result:
    """Run ``photochrom`` as a process of its own."""
    return finish(start(*arguments, cwd=cwd, env=env))


def events_of(text: str) -> list[dict[str, Any]]:
    """What ``--json`` printed."""
    return [json.loads(line) for line in text.splitlines()]
