"""All parsers that work in Python under atheris, which looks for inputs that reach new lines.

A process of its own: ``python -m fuzzing.guided FOLDER SECONDS``. An input's first byte says which
parser gets the rest. What is found is written into ``FOLDER/findings`` and does not end the run;
``FOLDER/counts.json`` has how many inputs each parser got.
"""

from __future__ import annotations

import hashlib
import json
import resource
import sys
import traceback
from collections import Counter
from pathlib import Path
from time import monotonic

import atheris

with atheris.instrument_imports(include=["photochrom"]):
    from fuzzing import seeds, targets

LONGEST = 8192
"""Bytes of an input."""
SLOWEST = 30
"""Seconds after which an input counts as hung."""
MEMORY = 2048
"""MB at which the process counts as swollen."""


class Guided:
    """The function that is fed.

    Args:
        home: folder of what is found and counted.
    """

    def __init__(self, home: Path) -> None:
        self._home, self._counts = home, Counter[str]()
        self._known: set[tuple[str, str]] = set()
        self._told = monotonic()

    def feed(self, data: bytes) -> None:
        """Give one input to its parser."""
        if not data:
            return
        target = targets.TARGETS[data[0] % len(targets.TARGETS)]
        self._counts[target.name] += 1
        try:
            target.check(data[1:])
        except Exception as error:
            self._keep(target.name, data[1:], error)
        if monotonic() - self._told > 1:
            self.tell()

    def tell(self) -> None:
        """Write the counts."""
        self._told = monotonic()
        whole = self._home / "counts.new"
        whole.write_text(json.dumps(self._counts))
        whole.replace(self._home / "counts.json")

    def _keep(self, name: str, data: bytes, error: Exception) -> None:
        """Keep the first input of every kind of failure."""
        place = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} in {place.name}"
        if (name, kind) in self._known:
            return
        self._known.add((name, kind))
        path = self._home / "findings" / f"{name}-{hashlib.sha256(data).hexdigest()[:8]}"
        path.write_bytes(data)
        path.with_suffix(".txt").write_text("".join(traceback.format_exception(error)))


def plant(folder: Path) -> None:
    """Write the seeds, each behind the byte that names its parser."""
    folder.mkdir(exist_ok=True)
    for number, target in enumerate(targets.TARGETS):
        for count, seed in enumerate(seeds.of(target.name)):
            if len(seed) < LONGEST:
                (folder / f"seed-{number}-{count}").write_bytes(bytes([number]) + seed)


def main() -> None:
    """Feed until the time is over."""
    home, seconds = Path(sys.argv[1]), int(sys.argv[2])
    (home / "findings").mkdir(exist_ok=True)
    plant(home / "corpus")
    # libFuzzer goes by the peak, and Linux counts that of the process that started this one, too
    most = MEMORY + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    options = [
        f"-max_total_time={seconds}", f"-max_len={LONGEST}", f"-timeout={SLOWEST}",
        f"-rss_limit_mb={most}", f"-artifact_prefix={home / 'findings'}/", "-verbosity=0",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(home / "corpus")], Guided(home).feed)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
