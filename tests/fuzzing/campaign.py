"""``make fuzz``: hostile inputs for so many seconds, counted; ends with 1 if something was found.

Half of the time goes to parsers that work in Python (`fuzzing.guided`), half to a worker's process
(`fuzzing.decoding`), whose decoders are not Python.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from fuzzing.decoding import JOBS, Decoding, Outcome
from helpers.toy_model import write_toy

KINDS = (*JOBS, "messages")
TESTS = Path(__file__).parents[1]
LEAST = 5.0
"""Seconds for which it is worth starting a process again."""


@dataclass
class Campaign:
    """What came of it."""

    parsed: Counter[str] = field(default_factory=Counter)
    """Inputs by parser."""
    decoded: dict[str, Outcome] = field(default_factory=dict)
    """By kind of input."""
    findings: list[str] = field(default_factory=list)
    """One line each; the inputs lie in the folder."""

    @property
    def inputs(self) -> int:
        """All of them."""
        return sum(self.parsed.values()) + sum(one.inputs for one in self.decoded.values())

    @property
    def ended(self) -> int:
        """How often a worker's process ended at an input; its caller went on each time."""
        return sum(len(one.ended) for one in self.decoded.values())

    def lines(self) -> list[str]:
        """For people."""
        told = [f"{count:>12,}  parser: {name}" for name, count in sorted(self.parsed.items())]
        for kind, one in self.decoded.items():
            answers = ", ".join(f"{name} {count:,}" for name, count in one.answers.most_common())
            told.append(f"{one.inputs:>12,}  worker: {kind} ({answers})")
        total = f"{self.inputs:>12,}  mutated inputs; {self.ended} ended a worker's process"
        return [*told, f"{total}; {len(self.findings)} findings", *self.findings]


def run(seconds: float, seed: int, kept: Path) -> Campaign:
    """Feed all parsers.

    Args:
        seconds: for how long.
        seed: of the worker's inputs.
        kept: folder for inputs that found something; made if need be.
    """
    campaign = Campaign()
    with TemporaryDirectory(prefix="photochrom-fuzzing-") as folder:
        home = Path(folder)
        _decode(home, seconds / 2, seed, kept, campaign)
        _guide(home, seconds / 2, kept, campaign)
    return campaign


def _guide(home: Path, seconds: float, kept: Path, campaign: Campaign) -> None:
    end = monotonic() + seconds
    while (left := end - monotonic()) >= min(LEAST, seconds):
        code = _guided(home, left)
        campaign.parsed.update(_counts(home))
        if code:
            campaign.findings.append(f"the process of the parsers ended with code {code}")
            if not any((home / "findings").glob("*-*")):
                break
    for path in sorted((home / "findings").iterdir()) if (home / "findings").is_dir() else ():
        data = path.read_bytes()
        if path.suffix == ".txt":
            campaign.findings.append(f"{path.stem}: {data.decode().strip().splitlines()[-1]}")
        kept.mkdir(parents=True, exist_ok=True)
        (kept / path.name).write_bytes(data)


def _guided(home: Path, seconds: float) -> int:
    environment = {**os.environ, "TMPDIR": str(home)}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    argv = [sys.executable, "-m", "fuzzing.guided", str(home), str(max(1, round(seconds)))]
    done = subprocess.run(
        argv, cwd=TESTS, env=environment, check=False, capture_output=True, text=True,
        errors="replace",
    )  # fmt: skip
    if done.returncode:
        sys.stderr.write(done.stderr[-4000:])
    return done.returncode


def _counts(home: Path) -> dict[str, int]:
    path = home / "counts.json"
    if not path.exists():
        return {}
    told: dict[str, int] = json.loads(path.read_text())
    path.unlink()
    return told


def _decode(home: Path, seconds: float, seed: int, kept: Path, campaign: Campaign) -> None:
    model = write_toy(home / "toy.onnx")
    for kind in KINDS:
        place = home / kind
        place.mkdir()
        decoding = Decoding(place, model, random.Random(f"{seed} {kind}"))
        try:
            outcome = campaign.decoded[kind] = decoding.run(kind, seconds / len(KINDS))
        finally:
            decoding.close()
        strangers = decoding.strangers()
        if strangers:
            campaign.findings.append(f"{kind}: written outside the destination: {strangers}")
        for name, data, words in outcome.unclear:
            campaign.findings.append(f"{name}: {words.strip().splitlines()[-1]}")
            _keep(kept, "unclear", name, data, words)
        for name, data, words in outcome.ended:
            _keep(kept, "ended", name, data, words)


def _keep(kept: Path, what: str, name: str, data: bytes, words: str) -> None:
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / f"{what}-{name.replace(':', '-')}-{hashlib.sha256(data).hexdigest()[:8]}"
    path.write_bytes(data)
    Path(f"{path}.txt").write_text(words)


def main() -> int:
    """Run, print, and say by the exit code whether something was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=0, help="of the worker's inputs")
    parser.add_argument("--kept", type=Path, default=Path("build/fuzzing"), help="for findings")
    said = parser.parse_args()
    campaign = run(said.seconds, said.seed, said.kept)
    sys.stdout.write("\n".join(campaign.lines()) + "\n")
    return 1 if campaign.findings else 0


if __name__ == "__main__":
    sys.exit(main())
