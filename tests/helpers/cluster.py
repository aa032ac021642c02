"""A real Ray cluster on this machine: each node in a network namespace of its own (root, iproute2).

Every process of a node is found by its namespace, so that all of them are ended, whatever they
started and however the test went.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from helpers.command import SOURCES

HEAD = "10.77.0.1"
"""Address of the first node."""
PORT = 6379
SHADOW = "rfc3987_syntax"
"""A package that jsonschema imports where it is there, and so each of Ray's many processes; it
builds a grammar for two seconds, in which others of them give up. Nothing here needs it."""
STARTED = "Ray runtime started"
PATIENCE = 120
"""Seconds after which a node counts as hung."""
STORE = 78_643_200
"""Bytes of a node's object store: the least that Ray takes."""
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DISABLE_IMPORT_WARNING": "1"}
"""No statistics are sent anywhere."""
STARTS = 4
"""How often a node is started: Ray gives up by itself after 30 s, as on a busy machine."""
_numbers = itertools.count()


@dataclass(frozen=True)
class Node:
    """One machine of the cluster."""

    name: str
    """Of its network namespace."""
    address: str
    log: Path

    def inside(self, *command: str) -> list[str]:
        """A command as it is run on this node."""
        return ["ip", "netns", "exec", self.name, *command]

    def pids(self) -> list[int]:
        """Its processes."""
        found = subprocess.run(
            ["ip", "netns", "pids", self.name], capture_output=True, text=True, check=False
        )
        return [int(word) for word in found.stdout.split()]

    def runs(self, name: str) -> bool:
        """Whether one of its processes has a word in its command."""
        lines = []
        for pid in self.pids():
            with suppress(OSError):  # it has ended
                lines.append(Path(f"/proc/{pid}/cmdline").read_bytes())
        return any(name.encode() in line for line in lines)

    def kill(self) -> None:
        """End all its processes at once, as when power fails."""
        deadline = time.monotonic() + PATIENCE
        while pids := self.pids():
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            assert time.monotonic() < deadline, f"{self.name} has processes that can't be ended"
            time.sleep(0.05)


@dataclass(frozen=True)
class Cluster:
    """Nodes that know each other; the first is the head, where the driver runs."""

    nodes: Sequence[Node]
    environment: Mapping[str, str]
    """Of all that runs on the nodes, and of a driver."""

    @property
    def head(self) -> Node:
        """The node with Ray's own services."""
        return self.nodes[0]

    @property
    def address(self) -> str:
        """What ``--address`` takes."""
        return f"{self.head.address}:{PORT}"


@contextmanager
def ray_cluster(
    resources: Sequence[Mapping[str, float]] = ({}, {}),
    cpus: int = 1,
    environment: Mapping[str, str] = MappingProxyType({}),
    apart: bool = True,
) -> Iterator[Cluster]:
    """A running cluster.

    Args:
        resources: custom resources of each node; as many nodes as there are entries.
        cpus: of each node.
        environment: of all that runs on the nodes, beside this process'.
        apart: whether each node is a session of its own, which Linux gives as much of the processor
            as this process' session; for a fair comparison it is not.
    """
    with ExitStack() as stack:
        # sockets have names of 107 bytes at most, and Ray's own part of them is long
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ray", dir="/tmp")))
        there = {**QUIET, **environment, "PYTHONPATH": _imports(folder)}
        nodes = stack.enter_context(_network(folder, len(resources)))
        for node in nodes:
            stack.callback(node.kill)
        for node, named in zip(nodes, resources, strict=True):  # others need the head
            _start(node, _arguments(nodes, node, folder, cpus, named), there, apart)
        yield Cluster(nodes, there)


def _imports(folder: Path) -> str:
    """Where Python looks first."""
    own = folder / "imports"
    own.mkdir()
    (own / f"{SHADOW}.py").write_text("raise ImportError\n")
    return os.pathsep.join([str(own), SOURCES])


@contextmanager
def _network(folder: Path, count: int) -> Iterator[list[Node]]:
    """Namespaces on one bridge, which has one of its own: nothing meets the host's network."""
    mark = f"{os.getpid()}x{next(_numbers)}"
    names = [f"photochrom-{mark}-{number}" for number in range(count)]
    switch = f"photochrom-{mark}-switch"
    with ExitStack() as stack:
        for name in (switch, *names):
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "delete", name)
        _ip("-n", switch, "link", "add", "bridge", "type", "bridge")
        _ip("-n", switch, "link", "set", "bridge", "up")
        nodes = [
            Node(name, f"10.77.0.{number}", folder / f"node-{number}.log")
            for number, name in enumerate(names, 1)
        ]
        for number, node in enumerate(nodes):
            _plug(switch, node, f"port{number}")
        yield nodes


def _plug(switch: str, node: Node, port: str) -> None:
    _ip("-n", switch, "link", "add", port, "type", "veth", "peer", "name", "eth0")
    _ip("-n", switch, "link", "set", "eth0", "netns", node.name)
    _ip("-n", switch, "link", "set", port, "master", "bridge", "up")
    _ip("-n", node.name, "addr", "add", f"{node.address}/24", "dev", "eth0")
    for device in ("lo", "eth0"):
        _ip("-n", node.name, "link", "set", device, "up")


def _arguments(
    nodes: Sequence[Node], node: Node, folder: Path, cpus: int, resources: Mapping[str, float]
) -> list[str]:
    own = [f"--node-ip-address={node.address}", f"--num-cpus={cpus}"]
    own += [f"--resources={json.dumps(dict(resources))}", f"--object-store-memory={STORE}"]
    if node is nodes[0]:
        own += ["--head", f"--port={PORT}", f"--temp-dir={folder}/ray"]
        return [*own, "--include-dashboard=false", "--no-monitor"]  # of a cluster that grows
    return [*own, f"--address={nodes[0].address}:{PORT}"]


def _start(
    node: Node, arguments: Sequence[str], environment: Mapping[str, str], apart: bool
) -> None:
    for _ in range(STARTS):
        if _try(node, arguments, environment, apart):
            return
        node.kill()
    raise AssertionError(f"{node.name} does not start:\n{node.log.read_text(errors='replace')}")


def _try(node: Node, arguments: Sequence[str], environment: Mapping[str, str], apart: bool) -> bool:
    """Whether Ray started; its first process stays, and is gone with the others."""
    ray = str(Path(sys.executable).parent / "ray")
    with node.log.open("wb") as log:
        process = subprocess.Popen(
            node.inside(ray, "start", "--block", "--disable-usage-stats", *arguments),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=apart,
            process_group=None if apart else 0,  # Ctrl+C is for whoever started it
        )
    threading.Thread(target=process.wait, daemon=True).start()  # leaves no zombie
    deadline = time.monotonic() + PATIENCE
    while STARTED not in node.log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)
