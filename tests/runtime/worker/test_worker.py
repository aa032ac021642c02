"""A real worker's process: what it does, and every way in which it may fail."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips

import photochrom
from helpers.command import run
from photochrom import Colorizer, Options
from photochrom.worker import client
from photochrom.worker.client import Refused, Worker, WorkerEnded, WorkerError, WorkerSilent
from photochrom.worker.frames import Head

HANDSHAKE = """
import sys
from photochrom.worker.frames import read_frame, write_frame
source, target = sys.stdin.buffer, sys.stdout.buffer
read_frame(source)
write_frame(target, {"op": "hello", "protocol": 1, "version": "0", "tasks": []})
read_frame(source)
"""


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    """One for most tests: it must do well whatever it was asked before."""
    with Worker(client.own_argv()) as started:
        started.hello()
        yield started


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that takes seconds."""
    path = tmp_path_factory.mktemp("large") / "large.tif"
    noise = pyvips.Image.gaussnoise(8_000, 6_000, mean=128, sigma=30).cast("uchar")
    noise.copy(interpretation="b-w").tiffsave(str(path))
    return path


@pytest.fixture
def model(toys: Path) -> str:
    return str(toys / "corners.onnx")


def fake(code: str) -> Worker:
    """A process that shakes hands, hears of a job, and goes wrong."""
    return Worker([sys.executable, "-c", HANDSHAKE + code])


def ramp(dtype: type, channels: int = 1) -> np.ndarray[Any, Any]:
    top = 1.0 if dtype is np.float32 else np.iinfo(dtype).max
    picture = np.tile(np.linspace(0, top, 150), (100, 1))[..., None]
    return np.repeat(picture, channels, axis=2).astype(dtype)


def gone(pid: int, seconds: float = 5) -> bool:
    """Whether a process ends soon."""
    for _ in range(round(seconds / 0.05)):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_it_tells_what_it_is() -> None:
    with Worker(client.own_argv()) as started:
        told = started.hello()
    assert told["version"] == photochrom.__version__
    assert {"pixels", "photo", "film", "load"} <= {*told["tasks"]}


@pytest.mark.parametrize(
    ("name", "dtype"), [("u8", np.uint8), ("u16", np.uint16), ("float", np.float32)]
)
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pixels_are_coloured_as_in_python(
    name: str, dtype: type, channels: int, worker: Worker, model: str, toys: Path
) -> None:
    picture = ramp(dtype, channels)
    told: list[Head] = []
    head, payload = worker.call(
        "pixels", picture.tobytes(), told.append,
        width=150, height=100, channels=channels, type=name, model=model, device="cpu",
        options={
            "settings": {"saturation": 1.5}, "points": [{"x": 0.5, "y": 0.5, "color": "#a04020"}],
        },
    )  # fmt: skip
    colored: np.ndarray[Any, Any] = np.frombuffer(payload, dtype).reshape(
        head["height"], head["width"], head["channels"]
    )
    options = Options(saturation=1.5, points=(photochrom.Point.parse("0.5,0.5=#a04020"),))
    own = Colorizer(model, "cpu").colorize(picture, options)
    np.testing.assert_array_equal(colored, own)
    assert [one["stage"] for one in told][-1] == "write"
    assert len(told) < 20


def test_files_are_coloured_as_on_the_command_line(
    worker: Worker, model: str, tmp_path: Path
) -> None:
    source = tmp_path / "in.tif"
    pyvips.Image.new_from_array(ramp(np.uint16)).copy(interpretation="grey16").tiffsave(str(source))
    head, _ = worker.call(
        "photo", source=str(source), target=str(tmp_path / "a.tif"), model=model, device="cpu"
    )
    assert (head["width"], head["height"], head["device"]) == (150, 100, "cpu")
    assert run("photo", source, "-o", tmp_path / "b.tif", "--model", model).code == 0
    first, second = (
        pyvips.Image.new_from_file(str(tmp_path / name)).numpy() for name in ("a.tif", "b.tif")
    )
    np.testing.assert_array_equal(first, second)


def two_by_two(**said: Any) -> dict[str, Any]:
    return {"task": "pixels", "width": 2, "height": 2, "channels": 1, "type": "u8", **said}


def file(task: str, **said: Any) -> dict[str, Any]:
    return {"task": task, "source": "/no.tif", "target": "/tmp/no.color.tif", **said}


@pytest.mark.parametrize(("said", "kind", "words"), [
    ({"task": "sing"}, "UsageError", "there is no task 'sing'"),
    ({"task": "photo"}, "UsageError", "needs a source"),
    (file("photo"), "InputError", "no such file"),
    (two_by_two(channels=2), "UsageError", "pixels need"),
    (two_by_two(width=True), "UsageError", "pixels need"),
    (two_by_two(), "UsageError", "are not 0 bytes"),
    ({"task": "load", "model": "no-such"}, "ModelError", "no-such"),
    ({"task": "load", "device": "abacus"}, "DeviceError", "abacus"),
    (file("film", film={"colour": 1}), "UsageError", "colour"),
])  # fmt: skip
def test_what_cant_be_done_is_told(
    said: dict[str, Any], kind: str, words: str, worker: Worker
) -> None:
    with pytest.raises(Refused, match=words) as error:
        worker.call(**said)
    assert error.value.kind == kind
    assert "\n" not in str(error.value)
    worker.call("load")


@pytest.mark.parametrize("options", [
    [], {"colour": 1}, {"strokes": 3}, {"points": [{"x": 2}]},
    {"settings": {"saturation": 9}}, {"settings": {"strength": "a"}},
    {"restore": {"steps": ["iron"]}}, {"restore": {"speed": 1}}, {"restore": []},
])  # fmt: skip
def test_options_that_cant_be_meant(options: Any, worker: Worker, model: str) -> None:
    with pytest.raises(Refused) as error:
        worker.call(payload=bytes(4), **two_by_two(model=model, options=options))
    assert error.value.kind == "UsageError", error.value


def started(worker: Worker, source: Path, target: Path, model: str) -> None:
    """Ask for a file, and wait until it is being worked on."""
    worker.send(
        {"op": "job", "id": 5, "task": "photo", "source": str(source), "target": str(target),
         "model": model, "device": "cpu"}
    )  # fmt: skip
    assert worker.receive(60)[0]["op"] == "progress"


def test_a_job_that_is_cancelled(worker: Worker, large: Path, model: str, tmp_path: Path) -> None:
    started(worker, large, tmp_path / "out.tif", model)
    worker.send({"op": "cancel", "id": 5})
    head: Head = {"op": "progress"}
    while head["op"] == "progress":
        head, _ = worker.receive(60)
    assert (head["op"], head["kind"]) == ("error", "CancelledError")
    assert head["id"] == 5
    assert list(tmp_path.iterdir()) == []
    worker.call("load", model=model)


def test_a_job_that_waits_for_its_turn_can_be_cancelled(
    worker: Worker, large: Path, model: str, tmp_path: Path
) -> None:
    started(worker, large, tmp_path / "a.tif", model)
    worker.send({"op": "job", "id": 6, **file("photo", source=str(large))})
    worker.send({"op": "cancel", "id": 6})
    worker.send({"op": "cancel", "id": 5})
    ends: list[tuple[int, str]] = []
    while len(ends) < 2:
        head, _ = worker.receive(60)
        if head["op"] != "progress":
            ends.append((head["id"], head["kind"]))
    assert ends == [(5, "CancelledError"), (6, "CancelledError")]


def test_a_job_that_pauses(worker: Worker, large: Path, model: str, tmp_path: Path) -> None:
    started(worker, large, tmp_path / "out.tif", model)
    worker.send({"op": "pause", "id": 5})
    with suppress(WorkerSilent):
        while worker.receive(1.5)[0]["op"] == "progress":
            pass
    with pytest.raises(WorkerSilent):
        worker.receive(1)
    worker.send({"op": "resume", "id": 5})
    head: Head = {"op": "progress"}
    while head["op"] == "progress":
        head, _ = worker.receive(60)
    assert head["op"] == "result"


def test_it_ends_with_its_input_in_the_middle_of_a_job(
    large: Path, model: str, tmp_path: Path
) -> None:
    with Worker(client.own_argv()) as one:
        one.hello()
        started(one, large, tmp_path / "out.tif", model)
        assert one._process.stdin is not None
        one._process.stdin.close()
        assert gone(one.pid)
    assert not (tmp_path / "out.tif").exists()


def test_it_ends_with_the_program_that_started_it(large: Path, model: str, tmp_path: Path) -> None:
    code = f"""
import sys, time
from photochrom.worker import client
worker = client.Worker(client.own_argv())
worker.hello()
worker.send({{"op": "job", "id": 1, "task": "photo", "source": {str(large)!r},
              "target": {str(tmp_path / "out.tif")!r}, "model": {model!r}}})
worker.receive()
print(worker.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert not gone(pid, 0.2)
        parent.kill()
        assert gone(pid)


@pytest.mark.parametrize(("code", "kind", "words"), [
    ("raise SystemExit(3)", WorkerEnded, "ended with code 3"),
    ("print('it is lost', file=sys.stderr); 1 / 0", WorkerEnded, r"lost(.|\s)*ZeroDiv"),
    (f"import os; os.kill(os.getpid(), {signal.SIGSEGV.value})", WorkerEnded, "by signal 11"),
    ("import os; os.close(1); import time; time.sleep(60)", WorkerEnded, "ended"),
    ("import time; time.sleep(60)", WorkerSilent, "said nothing for 1 s"),
    ("print('hello'); sys.stdout.flush(); source.read()", WorkerError, "can't be understood"),
    ("write_frame(target, {'op': 'error', 'message': 'out of ink'})", Refused, "out of ink"),
])  # fmt: skip
def test_workers_that_go_wrong(code: str, kind: type[Exception], words: str) -> None:
    began = time.monotonic()
    with fake(code) as one:
        one.hello()
        with pytest.raises(kind, match=words):
            one.call("load", silence=1)
        one.kill()
    assert gone(one.pid)
    assert time.monotonic() - began < 30


def test_a_worker_of_another_version() -> None:
    newer = HANDSHAKE.replace('"protocol": 1', '"protocol": 99')
    with (
        Worker([sys.executable, "-c", newer]) as one,
        pytest.raises(WorkerError, match="version 99"),
    ):
        one.hello()


def test_a_program_of_another_version() -> None:
    with Worker(client.own_argv()) as one:
        one.send({"op": "hello", "protocol": 99})
        assert one.receive()[0]["protocol"] == 1
        assert one.receive()[0]["kind"] == "ProtocolError"
        with pytest.raises(WorkerEnded):
            one.receive()


def test_no_such_program(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="can't start"):
        Worker([str(tmp_path / "python")])


def test_nonsense_ends_it() -> None:
    process = subprocess.Popen(
        client.own_argv(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, _ = process.communicate(os.urandom(3) + b"\0" + os.urandom(500), timeout=60)
    assert process.returncode in (0, 2)
    assert b"ProtocolError" in out or not out


def test_what_surrounds_a_program_does_not_reach_its_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "GEGL_PATH"):
        monkeypatch.setenv(name, "/nowhere")
    with Worker(client.own_argv()) as one:
        one.hello()


def test_it_works_without_photochrom_around(tmp_path: Path) -> None:
    """As in an editor's plug-in: the two files alone, in a Python without packages."""
    home = tmp_path / "far"
    home.mkdir()
    for name in ("client.py", "frames.py"):
        shutil.copy(Path(client.__file__).with_name(name), home)
    (home / "__init__.py").touch()
    code = f"""
import sys
sys.path[:0] = [{str(tmp_path)!r}]
from far.client import Worker
with Worker({client.own_argv()!r}) as worker:
    print(worker.hello()["version"])
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == photochrom.__version__


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.png"
    pyvips.Image.new_from_array(ramp(np.uint8)).pngsave(str(path))
    return path


def shown(worker: Worker, **said: Any) -> np.ndarray[Any, Any]:
    place = {"level": 0, "left": 0, "top": 0, "width": 150, "height": 100, **said}
    head, payload = worker.call("window", **place)
    pixels: np.ndarray[Any, Any] = np.frombuffer(payload, np.uint8)
    return pixels.reshape(head["height"], head["width"], 3)


def test_a_picture_is_looked_at(worker: Worker, model: str, scan: Path, tmp_path: Path) -> None:
    head, _ = worker.call("open", source=str(scan), model=model, device="cpu")
    assert head["levels"] == [[150, 100]]
    assert (head["bands"], head["bits"]) == (1, 8)
    np.testing.assert_array_equal(shown(worker, side="before")[..., 0], ramp(np.uint8)[..., 0])
    options = {"settings": {"saturation": 1.4}}
    worker.call("look", options=options)
    target = tmp_path / "out.png"
    worker.call("photo", source=str(scan), target=str(target), model=model, options=options)
    written = pyvips.Image.new_from_file(str(target)).numpy()
    np.testing.assert_array_equal(shown(worker), written)
    part = shown(worker, left=20, top=30, width=40, height=50)
    np.testing.assert_array_equal(part, written[30:80, 20:60])
    worker.call("close")
    with pytest.raises(Refused, match="no picture is open"):
        shown(worker)


@pytest.mark.parametrize(
    "said", [{"side": "under"}, {"level": 3}, {"left": "0"}, {"width": True}, {"width": 0}]
)
def test_windows_that_are_not_there(
    said: dict[str, Any], worker: Worker, model: str, scan: Path
) -> None:
    worker.call("open", source=str(scan), model=model)
    worker.call("look")
    with pytest.raises(Refused) as error:
        shown(worker, **said)
    assert error.value.kind == "UsageError"


def test_a_picture_that_cant_be_opened(worker: Worker, model: str, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    for task in ("open", "look", "window"):
        with pytest.raises(Refused):
            worker.call(task, source=str(tmp_path / "a.png"), model=model)
    worker.call("close")


def test_what_waits_can_be_cancelled(worker: Worker, tmp_path: Path) -> None:
    for number in range(3):
        said = {"op": "job", "id": number, "task": "glance", "source": str(tmp_path / "none.png")}
        worker.send(said)
    worker.send({"op": "job", "id": 3, "task": "glance", "source": str(tmp_path / "none.png")})
    worker.send({"op": "cancel", "id": 3})
    kinds = {head["id"]: head["kind"] for head, _ in (worker.receive() for _ in range(4))}
    assert kinds[0] == "InputError"
    assert kinds[3] in ("CancelledError", "InputError")  # it may have had its turn


def test_confidence_and_variants_of_the_open_picture(worker: Worker, tmp_path: Path) -> None:
    picture = ramp(np.uint8, 3)[..., :3]
    pyvips.Image.new_from_array(picture).write_to_file(tmp_path / "a.png")
    worker.call("open", source=str(tmp_path / "a.png"))
    head, sure = worker.call("confidence")
    assert len(sure) == head["width"] * head["height"]
    head, rows = worker.call("variants", count=2)
    assert head["numbers"][0] == 0
    assert len(head["numbers"]) == 2
    assert len(rows) == 2 * 3 * head["width"] * head["height"]
    with pytest.raises(Refused, match="count"):
        worker.call("variants", count="two")


def test_a_worker_writes_no_modules_if_its_parent_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a full disk half a module would stay behind, which no later start can read."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONHOME", "/elsewhere")
    told = client.own_environment()
    assert told["PYTHONDONTWRITEBYTECODE"] == "1"
    assert "PYTHONHOME" not in told
