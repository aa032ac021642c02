"""Runs that stop and go on, and what bad input gets."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from helpers.training import TINY, cpu, write_pictures
from photochrom.errors import InputError, OutputError, PhotochromError, UsageError
from photochrom_trainer.config import TrainConfig, from_dict, preset_names, read_config
from photochrom_trainer.training import checkpoint
from photochrom_trainer.training.run import Run, averaging, images_seen, load_generator, train


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    return write_pictures(tmp_path / "pictures")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The checkpoint of a run that has not taken a step."""
    path = tmp_path / "run" / "last.pt"
    path.parent.mkdir()
    Run(TINY, cpu(), pretrained=False).save(path)
    return path


def go(pictures: Path, output: Path, steps: int | None = None, config: TrainConfig = TINY) -> None:
    """Train, or stop as a killed run would after some steps, keeping only what is on disk."""
    run = train(config, pictures, output, cpu(), pretrained=False)
    for progress in run:
        if progress.step == steps:
            run.close()  # type: ignore[attr-defined]
            return


def logged(output: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (output / "losses.jsonl").read_text().splitlines()]


def assert_same(first: Any, second: Any) -> None:
    """Equality down to the last bit, through dictionaries and lists."""
    if isinstance(first, Tensor):
        assert torch.equal(first, second)
    elif isinstance(first, dict):
        assert first.keys() == second.keys()
        for key in first:
            assert_same(first[key], second[key])
    elif isinstance(first, list | tuple):
        for one, other in zip(first, second, strict=True):
            assert_same(one, other)
    else:
        assert first == second


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that was never interrupted."""
    output = tmp_path_factory.mktemp("whole") / "run"
    go(write_pictures(output.parent / "pictures"), output)
    return output


@pytest.mark.parametrize("stops", [(1,), (3, 5)], ids=["before a checkpoint", "twice"])
def test_an_interrupted_run_ends_as_an_uninterrupted_one(
    pictures: Path, tmp_path: Path, whole: Path, stops: tuple[int, ...]
) -> None:
    parts = tmp_path / "parts"
    for stop in stops:
        go(pictures, parts, stop)
    go(pictures, parts)
    assert logged(parts) == logged(whole)
    assert [entry["step"] for entry in logged(whole)] == list(range(1, TINY.steps + 1))
    assert_same(checkpoint.load(parts / "last.pt"), checkpoint.load(whole / "last.pt"))


def test_a_run_keeps_the_end_of_every_stage(whole: Path) -> None:
    ends = [checkpoint.load(whole / f"stage-{n}.pt")["step"] for n in range(2)]
    assert ends == [3, 6]


def test_a_finished_run_has_nothing_to_do(pictures: Path, whole: Path) -> None:
    assert list(train(TINY, pictures, whole, cpu(), pretrained=False)) == []


def test_the_checkpoint_knows_its_configuration(saved: Path) -> None:
    assert checkpoint.config_of(checkpoint.load(saved)) == TINY


def test_a_new_run_can_start_from_the_weights_of_another(whole: Path, pictures: Path) -> None:
    first = replace(TINY.stages[0], steps=1, learning_rate=(0.0, 0.0))
    output, frozen = whole.parent / "next", replace(TINY, stages=(first,), seed=5, ema_decay=1.0)
    for _ in train(frozen, pictures, output, cpu(), start=whole / "last.pt"):
        pass
    old, new = (load_generator(path / "last.pt") for path in (whole, output))
    assert_same(dict(old.named_parameters()), dict(new.named_parameters()))


def test_the_average_of_a_short_run_forgets_its_first_weights() -> None:
    average = [torch.zeros(3)]
    for count in range(1, 50):
        averaging(0.999)(average, [torch.ones(3)], count)
    assert average[0].min() > 0.99


def test_the_average_of_a_long_run_is_as_slow_as_asked() -> None:
    average = [torch.zeros(3)]
    averaging(0.999)(average, [torch.ones(3)], 100_000)
    assert torch.allclose(average[0], torch.full((3,), 0.001))


def test_images_seen_counts_every_stage() -> None:
    assert [images_seen(TINY, step) for step in (0, 2, 4, 6)] == [0, 4, 8, 12]


def test_the_averaged_network_is_loaded(saved: Path) -> None:
    network = load_generator(saved)
    assert not network.training
    assert_same(dict(network.state_dict()), checkpoint.load(saved)["average"])


def test_other_settings_do_not_continue_a_run(saved: Path, pictures: Path) -> None:
    before = saved.read_bytes()
    other = replace(TINY, seed=1, weight_decay=0.5)
    with pytest.raises(UsageError, match=r"other settings \(seed, weight_decay\)"):
        go(pictures, saved.parent, config=other)
    assert saved.read_bytes() == before
    assert not (saved.parent / "config.json").exists()


def test_another_architecture_is_refused(saved: Path, pictures: Path) -> None:
    checkpoint.save(saved, checkpoint.load(saved) | {"architecture": "unet256"})
    with pytest.raises(InputError, match="unet256"):
        go(pictures, saved.parent)
    with pytest.raises(InputError, match="unet256"):
        load_generator(saved)


def test_a_newer_format_is_refused(saved: Path) -> None:
    torch.save({"format": checkpoint.FORMAT + 1}, saved)
    with pytest.raises(InputError, match="format 2"):
        load_generator(saved)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_a_damaged_checkpoint_is_refused(saved: Path, pictures: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(share * len(content))])
    with pytest.raises(InputError, match="not a checkpoint that can be read"):
        go(pictures, saved.parent)


@pytest.mark.parametrize("content", [{}, [1, 2], torch.zeros(3)], ids=["dict", "list", "tensor"])
def test_a_foreign_file_is_refused(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "foreign.pt")
    with pytest.raises(InputError, match="not a checkpoint that can be read"):
        load_generator(tmp_path / "foreign.pt")


def test_a_text_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.pt").write_text("not weights")
    with pytest.raises(InputError, match="not a checkpoint that can be read"):
        load_generator(tmp_path / "text.pt")


def test_a_missing_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing\.pt"):
        load_generator(tmp_path / "missing.pt")


def test_a_failed_save_keeps_the_old_checkpoint(saved: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(OutputError, match="No space left"):
        checkpoint.save(saved, {"no": object.__new__(BrokenState)})
    assert saved.read_bytes() == before
    assert [path.name for path in saved.parent.iterdir()] == ["last.pt"]


class BrokenState:
    """Stands for a disk that fills up while a checkpoint is written."""

    def __reduce__(self) -> str:
        raise OSError(28, "No space left on device")


def test_a_file_is_no_run_folder(pictures: Path, tmp_path: Path) -> None:
    (tmp_path / "run").write_text("taken")
    with pytest.raises(OutputError, match="as a run's folder"):
        go(pictures, tmp_path / "run")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no pictures"):
        go(tmp_path / "empty", tmp_path / "run")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        go(tmp_path / "nowhere", tmp_path / "run")


def test_a_broken_picture_is_named_in_one_line(pictures: Path, tmp_path: Path) -> None:
    for path in pictures.iterdir():
        path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match=r"^can't read the picture \S+\.png: .*$"):
        go(pictures, tmp_path / "run")


def test_a_loss_that_is_no_number_stops_the_run(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(pictures, tmp_path / "run", steps=2)
    before = (tmp_path / "run" / "last.pt").read_bytes()
    monkeypatch.setattr(F, "l1_loss", lambda *_: torch.tensor(float("nan")))
    with pytest.raises(PhotochromError, match="not finite at step 2"):
        go(pictures, tmp_path / "run")
    assert (tmp_path / "run" / "last.pt").read_bytes() == before


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_loads(name: str) -> None:
    config = read_config(name)
    assert config.steps > 0
    assert from_dict(config.to_dict()) == config


STAGE = {"steps": 1, "size": 32, "batch": 1, "learning_rate": [0.0, 0.1]}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "stages"),
        ({"stages": []}, "at least one"),
        ({"stages": [STAGE | {"size": 48}]}, "divisible by 32"),
        ({"stages": [STAGE | {"steps": 0}]}, "steps >= 1"),
        ({"stages": [STAGE | {"learning_rate": [0.1]}]}, "pair"),
        ({"stages": [STAGE | {"rate": 1}]}, "rate"),
        ({"stages": [STAGE], "sead": 1}, "sead"),
        ({"stages": [STAGE], "precision": "8-bit"}, "8-bit"),
        ({"stages": [STAGE], "save_every": 0}, "save_every"),
        ({"stages": [STAGE], "data": {"hint_shares": {"dots": 1}}}, "dots"),
        ({"stages": [STAGE], "data": {"hint_shares": {"none": 0}}}, "above 0"),
        ({"stages": [STAGE], "data": {"degradation_chances": {"fire": 1}}}, "fire"),
        ({"stages": [STAGE], "data": {"degradation_chances": {"blur": -1}}}, "below 0"),
        ({"stages": [STAGE], "data": {"crop_scale": [0.0, 1.0]}}, "crop_scale"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        from_dict(values)


def test_an_unknown_preset_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="laptop"):
        read_config("lapptop")


def test_a_broken_toml_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text("stages = [")
    with pytest.raises(UsageError, match=r"run.toml is not valid TOML"):
        read_config(str(path))
