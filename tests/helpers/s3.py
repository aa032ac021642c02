"""A server on this machine that speaks S3 (moto); clients find it by their environment."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

MARK = "Running on"
PORT = 5000
PATIENCE = 120
"""Seconds after which the server counts as hung."""


def environment(address: str = "127.0.0.1", port: int = PORT) -> dict[str, str]:
    """With which every client of S3 finds a server."""
    return {
        "AWS_ENDPOINT_URL": f"http://{address}:{port}",
        "AWS_ACCESS_KEY_ID": "anybody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@contextmanager
def serving(
    address: str = "127.0.0.1", port: int = PORT, before: Sequence[str] = ()
) -> Iterator[None]:
    """A server, empty at first; `before` is what starts it."""
    words = [sys.executable, "-m", "moto.server", "-H", address, "-p", str(port)]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen([*before, *words], stdout=log, stderr=log) as process,
    ):
        try:
            _wait(process, log)
            yield
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], log: IO[str]) -> None:
    deadline = time.monotonic() + PATIENCE
    while MARK not in (said := _said(log)):
        assert process.poll() is None, said
        assert time.monotonic() < deadline, said
        time.sleep(0.05)


def _said(log: IO[str]) -> str:
    """Without moving where the server writes."""
    return os.pread(log.fileno(), 1 << 16, 0).decode()


def free_port() -> int:
    """One that nobody has at present."""
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        number: int = some.getsockname()[1]
        return number
