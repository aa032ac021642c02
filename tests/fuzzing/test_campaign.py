"""A minute of `make fuzz`: all parsers, no finding."""

from pathlib import Path

import pytest

from fuzzing import campaign, targets

SECONDS = 60


@pytest.mark.slow
def test_a_minute_finds_nothing(tmp_path: Path) -> None:
    found = campaign.run(SECONDS, seed=0, kept=tmp_path / "kept")
    told = "\n".join(found.lines())
    assert not found.findings, told
    assert {*found.parsed} == {target.name for target in targets.TARGETS}, told
    assert all(one.inputs > 0 and one.answers for one in found.decoded.values()), told
    assert f"{found.inputs:,}  mutated inputs" in told
