"""Runs in processes of their own: each starts cold, and its memory is its own."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Run = dict[str, float]
"""Figures of one run: ``seconds``, ``cpu`` (seconds), ``peak_mb``, and what else it tells."""


def cpu_seconds() -> float:
    """Of this process, all threads, in and for it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    """The most memory that this process has held; not getrusage's, which counts the parent's."""
    status = Path("/proc/self/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


def timed(work: Callable[[], Any]) -> Run:
    """Seconds of something, by the clock and of the processor."""
    began, used = time.perf_counter(), cpu_seconds()
    work()
    return {"seconds": time.perf_counter() - began, "cpu": cpu_seconds() - used}


def answer(kinds: Mapping[str, Callable[..., Run]], words: list[str]) -> None:
    """In the child: run one kind with its arguments, and print its figures."""
    result = kinds[words[0]](*words[1:])
    print(json.dumps({**result, "peak_mb": peak_mb()}))


def ask(script: str, kind: str, *words: object) -> Run:
    """In the parent: one run of a script's kind; an error of it ends the benchmark."""
    done = _started(script, kind, *words)
    if done.returncode:
        sys.exit(f"{kind} failed: {done.stderr}")
    return _figures(done)


def ask_or_none(script: str, kind: str, *words: object) -> Run | None:
    """As `ask`; None if the run fails."""
    done = _started(script, kind, *words)
    return None if done.returncode else _figures(done)


def _started(script: str, kind: str, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, script, "--child", kind, *(str(word) for word in words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _figures(done: subprocess.CompletedProcess[str]) -> Run:
    figures: Run = json.loads(done.stdout.splitlines()[-1])
    return figures


def median(runs: list[Run], key: str) -> float:
    """Median of one figure."""
    return statistics.median(run[key] for run in runs)


def ratio(pairs: list[tuple[Run, Run]], key: str) -> float:
    """Median over pairs of the first run's figure over the second's."""
    return statistics.median(first[key] / second[key] for first, second in pairs)
