"""A disk that breaks: everything that processes do to files, step by step, told and made to fail.

`faults.c` is loaded into the processes (LD_PRELOAD). From its log any moment can be built again,
as a killed process leaves the disk, and as a power cut may: what was not told to be durable by
fsync is there or not, in any order (Pillai et al., "All File Systems Are Not Created Equal", 2014).
"""

from __future__ import annotations

import os
import random
import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HEAD = struct.Struct("<cQQQ")
SOURCE = Path(__file__).with_name("faults.c")


@dataclass(frozen=True)
class Step:
    """One thing that was done: ``c`` created, ``w`` written, ``t`` cut, ``s`` made durable, ``r``
    renamed, ``u`` removed, ``d`` folder made."""

    what: str
    path: str
    offset: int
    """Of what was written; the new size of what was cut."""
    data: bytes
    """What was written; the new name of what was renamed."""


def build(folder: Path) -> Path:
    """Compile the layer."""
    library = folder / "faults.so"
    flags = ["-shared", "-fPIC", "-O1", "-ldl", "-lpthread"]
    subprocess.run(["cc", str(SOURCE), "-o", str(library), *flags], check=True)
    return library


def environment(
    library: Path, log: Path, roots: Sequence[Path], at: int = 0, error: int = 0, last: int = 0
) -> dict[str, str]:
    """Variables that load the layer.

    Args:
        library: the layer.
        log: where steps are written down.
        roots: folders whose files count.
        at: number of the first step that fails, from 1; 0: none.
        error: its errno; 0: the whole process group is killed.
        last: number of the last one that fails; 0: only that one.
    """
    return {
        "LD_PRELOAD": str(library),
        "FAULTS_LOG": str(log),
        "FAULTS_ROOTS": ":".join(map(str, roots)),
        "FAULTS_AT": str(at),
        "FAULTS_ERROR": str(error),
        "FAULTS_LAST": str(last),
    }


def steps(log: Path) -> list[Step]:
    """What a log tells."""
    return list(_steps(log.read_bytes()))


def _steps(text: bytes) -> Iterator[Step]:
    at = 8  # the count
    while at < len(text):
        what, offset, name, size = HEAD.unpack_from(text, at)
        at += HEAD.size
        path, data = text[at : at + name], text[at + name : at + name + size]
        at += name + size
        yield Step(what.decode(), os.fsdecode(path), offset, data)


@dataclass
class _Inode:
    live: bytearray = field(default_factory=bytearray)
    durable: bytes = b""


@dataclass
class Disk:
    """What is on a disk after some steps, and what of it is sure to survive a power cut."""

    roots: Sequence[Path]
    folders: set[str] = field(default_factory=set)
    live: dict[str, _Inode] = field(default_factory=dict)
    durable: dict[str, _Inode] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        """Do as the step did."""
        getattr(self, f"_{step.what}")(step)

    def killed(self) -> dict[str, bytes]:
        """Files as they are when all processes are gone."""
        return {path: bytes(inode.live) for path, inode in self.live.items()}

    def strict(self) -> dict[str, bytes]:
        """Files after a power cut when nothing happened that was not asked for."""
        return {path: inode.durable for path, inode in self.durable.items()}

    def names_first(self) -> dict[str, bytes]:
        """Files after a power cut when names were written down at once, and contents late."""
        return {path: inode.durable for path, inode in self.live.items()}

    def mixed(self, chance: random.Random) -> dict[str, bytes]:
        """Files after a power cut when some of all that happened came to the disk."""
        files = {}
        for path in sorted({*self.live, *self.durable}):
            names = chance.choice((self.live, self.durable))
            if path in names:
                files[path] = self._content(names[path], chance)
        return files

    def _content(self, inode: _Inode, chance: random.Random) -> bytes:
        live = bytes(inode.live)
        some = live[: len(live) // 2] + inode.durable[len(live) // 2 :]
        return chance.choice((live, inode.durable, some))

    def _c(self, step: Step) -> None:
        if step.path in self.live:
            self.live[step.path].live.clear()
        else:
            self.live[step.path] = _Inode()

    def _w(self, step: Step) -> None:
        content = self.live[step.path].live
        content.extend(bytes(max(0, step.offset - len(content))))
        content[step.offset : step.offset + len(step.data)] = step.data

    def _t(self, step: Step) -> None:
        content = self.live[step.path].live
        content.extend(bytes(max(0, step.offset - len(content))))
        del content[step.offset :]

    def _s(self, step: Step) -> None:
        if step.path in self.live:
            inode = self.live[step.path]
            inode.durable = bytes(inode.live)
            return
        for path in {*self.live, *self.durable}:
            if os.path.dirname(path) == step.path:
                self.durable.pop(path, None)
                if path in self.live:
                    self.durable[path] = self.live[path]

    def _r(self, step: Step) -> None:
        self.live[os.fsdecode(step.data)] = self.live.pop(step.path)

    def _u(self, step: Step) -> None:
        self.live.pop(step.path, None)

    def _d(self, step: Step) -> None:
        self.folders.add(step.path)

    def put(self, files: dict[str, bytes]) -> None:
        """Make the roots hold these files and nothing else."""
        for root in self.roots:
            shutil.rmtree(root, ignore_errors=True)
        for folder in sorted(self.folders):
            Path(folder).mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            Path(path).write_bytes(content)
