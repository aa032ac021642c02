"""A real Ray cluster of two nodes, in network namespaces of their own, does what one machine does.

The driver runs on the first node. Files are shared by the disk that both see, or lie in a storage
that speaks S3.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import pyvips

import cluster as benchmark
from batch import draw
from helpers import cluster, command, s3
from helpers.clips import Track, make_clip
from helpers.cluster import Cluster, Node

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="network namespaces need root on Linux"
    ),
]
FRAMES = 265
"""Of the film: a shot that is cut in two, as its colours go on, and a short one."""
STORAGE = s3.environment(cluster.HEAD)
"""Of whatever speaks S3 with a server on the first node."""
PATIENCE = 300
"""Seconds after which a batch counts as hung."""


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    resources: tuple[dict[str, float], ...] = ({}, {"second": 1})
    with cluster.ray_cluster(resources, environment=STORAGE) as both:
        yield both


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve pictures, and a film that is begun first."""
    folder = tmp_path_factory.mktemp("archive")
    (folder / "box 1").mkdir()
    chance = np.random.default_rng(0)
    for number in range(12):
        picture = chance.integers(0, 255, (48, 64)).astype(np.uint8)
        path = folder / ("box 1" if number % 2 else ".") / f"{number}.png"
        pyvips.Image.new_from_array(picture).write_to_file(str(path))
    clip = folder / "0 film.mkv"
    make_clip(clip, grey=True, frames=FRAMES, cuts=(255,), size=(64, 48), sound=(Track(),))
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment of its own."""
    return {"PHOTOCHROM_DATA": str(tmp_path_factory.mktemp("data"))}


@pytest.fixture(scope="module")
def alone(
    archive: Path, toys: Path, data: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Hashes of what one machine makes."""
    target = tmp_path_factory.mktemp("alone")
    words = ["batch", archive, "-o", target, "--model", toys / "warm.onnx", "--no-report"]
    ended = command.run_process(*words, cwd=target, env=data)
    assert ended.code == 0, ended.err
    return hashes(target)


def hashes(folder: Path) -> dict[str, str]:
    """Of all files below a folder, hidden ones and what is half done too."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


COPY = """
import sys, fsspec
source, target = sys.argv[1:]
fsspec.filesystem("s3").mkdir(target)
fsspec.filesystem("s3").put(source + "/", target + "/", recursive=True)
"""
HASHES = """
import hashlib, json, sys, fsspec
there, folder = fsspec.filesystem("s3"), sys.argv[1].partition("://")[2] + "/"
names = there.find(folder)
found = {one.removeprefix(folder): hashlib.sha256(there.cat(one)).hexdigest() for one in names}
print(json.dumps(found))
"""


def on_the_head(nodes: Cluster, script: str, *words: object) -> str:
    """What a script prints on the first node."""
    line = nodes.head.inside(sys.executable, "-c", script, *map(str, words))
    environment = {**os.environ, **nodes.environment}
    done = subprocess.run(line, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def is_half_done(folder: Path) -> bool:
    """Whether pictures are done, and the film is cut and not joined yet."""
    pictures = len(list(folder.rglob("*.color.png")))
    return pictures > 1 and any(folder.glob(".*.photochrom-work/*"))


def until(condition: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never comes"
        time.sleep(0.02)


def until_half_done(batch: command.Popen, folder: Path, node: Node | None = None) -> None:
    """Wait until a batch is half done, and a node, if one is said, works on it."""

    def condition() -> bool:
        assert batch.poll() is None, batch.communicate()
        return is_half_done(folder) and (node is None or node.runs("photochrom.worker"))

    until(condition)


def start(nodes: Cluster, toys: Path, data: dict[str, str], *words: object) -> command.Popen:
    """A batch on the first node."""
    return command.start(
        *("batch", *words, "--model", toys / "warm.onnx", "--no-report"),
        *("--engine", "ray", "--address", nodes.address),
        cwd=toys,
        env={**data, **nodes.environment},
        before=nodes.head.inside(),
    )


def test_two_machines_make_what_one_makes(
    nodes: Cluster,
    archive: Path,
    toys: Path,
    data: dict[str, str],
    alone: dict[str, str],
    tmp_path: Path,
) -> None:
    ended = command.finish(start(nodes, toys, data, archive, "-o", tmp_path), PATIENCE)
    assert ended.code == 0, ended.err
    assert "13 done, 0 done before, 0 failed" in ended.out
    assert hashes(tmp_path) == alone


def test_files_come_from_a_storage_and_go_there(
    nodes: Cluster, archive: Path, toys: Path, data: dict[str, str], alone: dict[str, str]
) -> None:
    words = ["s3://scans", "-o", "s3://colored/of/all"]
    with s3.serving(cluster.HEAD, before=nodes.head.inside()):
        on_the_head(nodes, COPY, archive, "s3://scans")
        ended = command.finish(start(nodes, toys, data, *words), PATIENCE)
        assert ended.code == 0, ended.err
        assert json.loads(on_the_head(nodes, HASHES, "s3://colored/of/all")) == alone
        again = command.finish(start(nodes, toys, data, *words), PATIENCE)
    assert "0 done, 13 done before, 0 failed" in again.out, again.err


def test_machines_are_chosen_by_their_resources(
    nodes: Cluster,
    archive: Path,
    toys: Path,
    data: dict[str, str],
    alone: dict[str, str],
    tmp_path: Path,
) -> None:
    words = [archive / "box 1", "-o", tmp_path, "--root", archive, "--resource", "second"]
    ended = command.finish(start(nodes, toys, data, *words), PATIENCE)
    assert ended.code == 0, ended.err
    assert hashes(tmp_path) == {
        name: value for name, value in alone.items() if name.startswith("box 1/")
    }


def test_a_stopped_batch_goes_on(
    nodes: Cluster,
    archive: Path,
    toys: Path,
    data: dict[str, str],
    alone: dict[str, str],
    tmp_path: Path,
) -> None:
    batch = start(nodes, toys, data, archive, "-o", tmp_path)
    until_half_done(batch, tmp_path)
    batch.send_signal(signal.SIGINT)
    ended = command.finish(batch, PATIENCE)
    assert ended.code == 130, ended.err
    there = {name: value for name, value in hashes(tmp_path).items() if "/." not in f"/{name}"}
    assert there.items() < alone.items(), "what is there is not whole, or all is"
    until(lambda: not any(node.runs("photochrom.worker") for node in nodes.nodes))
    again = command.finish(start(nodes, toys, data, archive, "-o", tmp_path), PATIENCE)
    assert again.code == 0, again.err
    assert f"{13 - len(there)} done, {len(there)} done before, 0 failed" in again.out
    assert hashes(tmp_path) == alone


def test_the_benchmark_times_a_run(nodes: Cluster, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    draw(source, 8, 48)
    assert benchmark.run(nodes, source, tmp_path / "out", benchmark.WAYS[benchmark.TWO]) > 0


def test_a_killed_machine_loses_nothing(
    nodes: Cluster,
    archive: Path,
    toys: Path,
    data: dict[str, str],
    alone: dict[str, str],
    tmp_path: Path,
) -> None:
    batch = start(nodes, toys, data, archive, "-o", tmp_path, "--json")
    until_half_done(batch, tmp_path, nodes.nodes[1])
    nodes.nodes[1].kill()
    ended = command.finish(batch, PATIENCE)
    assert ended.code == 0, ended.err
    told = command.events_of(ended.out)
    finished = [one["output"] for one in told if one["event"] in ("done", "error")]
    assert len(finished) == len(set(finished)) == 13, "an item has two outcomes, or none"
    assert hashes(tmp_path) == alone
    assert nodes.nodes[1].pids() == []
