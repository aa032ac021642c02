"""Limits that the system holds a worker's process to, and loaders that it does without."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import pyvips

from photochrom import limits as limits_module
from photochrom.errors import UsageError
from photochrom.limits import INTERACTIVE as INTERACTIVE
from photochrom.limits import Limits as Limits

if sys.platform != "win32":
    import resource

OPTION = "--limits"
"""Of a worker's command line: `Limits.to_text`."""
SCRATCH_LOADERS = ("VipsForeignLoadRaw", "VipsForeignLoadVipsFile")
"""Marked as untrusted by libvips, and safe as photochrom uses them: the first is told a layout that
was checked, the second reads photochrom's own scratch; neither is ever chosen by a file's content
(`photochrom.files.source`)."""


def impose(limits: Limits) -> None:
    """Let limits count in this process, before it has read anything that comes from outside."""
    limits_module.hold(limits)
    block_untrusted_loaders()
    if sys.platform == "win32":
        return
    _lower(resource.RLIMIT_CORE, 0)  # a dump would hold people's pictures
    if limits.memory is not None and sys.platform == "linux":
        # what is mapped from files or only reserved, as by CUDA, does not count as data
        _lower(resource.RLIMIT_DATA, limits.memory)


def block_untrusted_loaders() -> None:
    """Leave libvips only the loaders that are hardened against hostile files."""
    pyvips.vips_lib.vips_block_untrusted_set(True)
    for name in SCRATCH_LOADERS:
        pyvips.vips_lib.vips_operation_block_set(name.encode(), False)


def allow_seconds(seconds: float | None) -> None:
    """Let the system end this process if a job takes more computing than all cores give in so long.

    It is for programs that don't watch the clock themselves; `photochrom.worker.client` does.
    """
    if sys.platform == "win32":
        return
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    if seconds is None:
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    budget = used.ru_utime + used.ru_stime + seconds * (os.cpu_count() or 1)
    soft = int(budget) + 1
    soft = soft if most == resource.RLIM_INFINITY else min(soft, most)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, most))


def of_arguments(arguments: Sequence[str]) -> Limits:
    """Limits of a worker's command line; without any, nobody is there to enforce those of time.

    Raises:
        UsageError: if they can't be meant.
    """
    if not arguments:
        return Limits.from_environment(INTERACTIVE)
    if len(arguments) != 2 or arguments[0] != OPTION:
        raise UsageError(f"a worker takes {OPTION} and limits, not {' '.join(arguments)}")
    return Limits.parse(arguments[1])


def _lower(which: int, most: int) -> None:
    """Lower a limit of the system's; one that is lower stays."""
    soft, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    if soft != resource.RLIM_INFINITY:
        most = min(most, soft)
    resource.setrlimit(which, (most, most))
