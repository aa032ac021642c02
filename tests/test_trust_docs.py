"""Words on trust that follow from code: limits, the manual page, the container, the lock."""

import configparser
import re
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from photochrom.limits import Limits

ROOT = Path(__file__).parents[1]


def test_the_guide_has_every_limit_with_its_default() -> None:
    text = (ROOT / "docs" / "trust.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d,]+)", text, re.MULTILINE))
    assert {name: int(value.replace(",", "")) for name, value in rows.items()} == asdict(Limits())


def test_the_manual_page_is_up_to_date() -> None:
    subprocess.run([sys.executable, ROOT / "docs" / "man" / "make.py", "--check"], check=True)


def test_the_manual_page_is_sound() -> None:
    """groff would pass over what it does not know; each macro here is one of man(7)."""
    page = (ROOT / "docs" / "man" / "photochrom.1").read_text("utf-8")
    macros = {line.split()[0] for line in page.splitlines() if line.startswith(".")}
    assert macros == {".TH", ".SH", ".SS", ".B", ".TP"}
    for command in ("photo", "restore", "video colorize", "models add", "doctor"):
        assert f".SS photochrom {command}" in page
    assert r"\-\-report" in page


def test_the_container_installs_extras_that_exist_and_is_no_root() -> None:
    text = (ROOT / "container" / "Dockerfile").read_text("utf-8")
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", "utf-8")
    (named,) = re.findall(r"\$\{wheel\}\[\$\{VARIANT\},([\w,]+)\]", text)
    assert {"cpu", "gpu", *named.split(",")} <= {*config["options.extras_require"]}
    copied = re.findall(r"^COPY (\S+) (\S+)$", text, re.MULTILINE)
    assert copied
    assert all((ROOT / source).is_dir() and source == target for source, target in copied)
    user = re.findall(r"^USER (.*)$", text, re.MULTILINE)
    assert user == ["10001:10001"]


def test_the_lock_pins_everything_with_a_hash() -> None:
    lines = (ROOT / "supply" / "ci.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert len(pins) > 50
    assert all(re.fullmatch(r"[a-z0-9._-]+==\S+ --hash=sha256:[0-9a-f]{64}", pin) for pin in pins)
    assert not any("://" in line for line in lines)
