"""Runs that stop and go on, and what bad input gets."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from helpers.training import TINY, cpu, write_pictures
from photochrom.errors import InputError, OutputError, PhotochromError, UsageError
from photochrom_trainer.config import DiscriminatorConfig, Stage, TrainConfig
from photochrom_trainer.losses.objective import Objective, Sight
from photochrom_trainer.losses.weights import LossWeights
from photochrom_trainer.networks.classes import LiteClasses
from photochrom_trainer.training import checkpoint
from photochrom_trainer.training.discriminator import Discriminator
from photochrom_trainer.training.loop import Training
from photochrom_trainer.training.run import Run, load_generator
from photochrom_trainer.training.schedule import averaging, images_seen


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """The checkpoint of a run that has not taken a step."""
    path = tmp_path / "run" / "last.pt"
    path.parent.mkdir()
    Run(TINY, cpu(), pretrained=False).save(path)
    return path


def go(pictures: Path, output: Path, steps: int | None = None, config: TrainConfig = TINY) -> None:
    """Train, or stop as a killed run would after some steps, keeping only what is on disk."""
    steps_taken = iter(Training(config, pictures, output, cpu(), pretrained=False))
    for progress in steps_taken:
        if progress.step == steps:
            steps_taken.close()  # type: ignore[attr-defined]
            return


def logged(output: Path) -> list[dict[str, Any]]:
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
    assert list(Training(TINY, pictures, whole, cpu(), pretrained=False)) == []


def test_the_checkpoint_knows_its_configuration(saved: Path) -> None:
    assert checkpoint.config_of(checkpoint.load(saved)) == TINY


def test_a_new_run_can_start_from_the_weights_of_another(whole: Path, pictures: Path) -> None:
    first = replace(TINY.stages[0], steps=1, learning_rate=(0.0, 0.0))
    output, frozen = whole.parent / "next", replace(TINY, stages=(first,), seed=5, ema_decay=1.0)
    for _ in Training(frozen, pictures, output, cpu(), start=whole / "last.pt"):
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


ADVERSARIAL = replace(
    TINY,
    stages=(
        Stage(32, 2, (0.0, 1e-3), steps=2),
        Stage(32, 2, (1e-3, 0.0), steps=3, losses=LossWeights(1, 1, 1, 1, 1, "hinge")),
    ),
    discriminator=DiscriminatorConfig(layers=1, hints=True),
    save_every=2,
)
"""A stage of L1, then one with every term."""


def test_an_interrupted_adversarial_run_ends_as_an_uninterrupted_one(
    pictures: Path, tmp_path: Path
) -> None:
    for stop in (1, 3, 4):
        go(pictures, tmp_path / "parts", stop, ADVERSARIAL)
    go(pictures, tmp_path / "parts", config=ADVERSARIAL)
    go(pictures, tmp_path / "whole", config=ADVERSARIAL)
    assert logged(tmp_path / "parts") == logged(tmp_path / "whole")
    states = (checkpoint.load(tmp_path / name / "last.pt") for name in ("parts", "whole"))
    assert_same(*states)


CLASSES = replace(
    TINY,
    network="lite-classes",
    stages=(Stage(32, 2, (1e-3, 0.0), steps=3, losses=LossWeights(0, classes=1)),),
)


def test_classes_of_colour_are_learnt(pictures: Path, tmp_path: Path) -> None:
    go(pictures, tmp_path / "run", config=CLASSES)
    entries = logged(tmp_path / "run")
    assert [entry["losses"].keys() for entry in entries] == [{"total", "classes"}] * 3
    start, end = LiteClasses(), load_generator(tmp_path / "run" / "last.pt")
    assert not torch.equal(start.get_parameter("head.bias"), end.get_parameter("head.bias"))


def test_classes_need_the_network_that_has_them() -> None:
    with pytest.raises(UsageError, match="lite-classes"):
        replace(CLASSES, network="lite-unet")


def test_each_stage_logs_its_own_losses(pictures: Path, tmp_path: Path) -> None:
    go(pictures, tmp_path / "run", config=ADVERSARIAL)
    names = [entry["losses"].keys() for entry in logged(tmp_path / "run")]
    terms = {"total", "l1", "psnr", "perceptual", "colorfulness", "adversarial"}
    assert (
        names == [{"total", "l1"}] * 2 + [terms | {"discriminator_real", "discriminator_fake"}] * 3
    )


def test_the_discriminator_learns_to_tell_predictions_from_truths(pictures: Path) -> None:
    torch.manual_seed(0)
    opponent = Discriminator(ADVERSARIAL, cpu(), stride=2)
    truth = torch.rand(4, 2, 32, 32)
    sight = Sight(torch.rand(4, 1, 32, 32), torch.zeros(4, 3, 32, 32), truth)
    losses = [
        sum(map(float, opponent.learn(sight, truth * 0.1, "vanilla", 1e-3).values()))
        for _ in range(30)
    ]
    assert losses[-1] < 0.5 * losses[0]


def test_the_verdict_moves_the_generator_and_not_the_discriminator(pictures: Path) -> None:
    opponent = Discriminator(ADVERSARIAL, cpu(), stride=2)
    sight = Sight(torch.rand(2, 1, 32, 32), torch.zeros(2, 3, 32, 32), torch.rand(2, 2, 32, 32))
    predicted = torch.rand(2, 2, 32, 32, requires_grad=True)
    opponent.judge(sight)(predicted).mean().backward()  # type: ignore[no-untyped-call]
    assert predicted.grad is not None
    assert all(parameter.grad is None for parameter in opponent.netD.parameters())
    assert all(parameter.requires_grad for parameter in opponent.netD.parameters())


def test_frozen_normalization_keeps_its_statistics(pictures: Path, tmp_path: Path) -> None:
    config = replace(TINY, freeze_normalization=True)
    before = dict(Run(config, cpu(), pretrained=False).netG.module.named_buffers())
    go(pictures, tmp_path / "run", config=config)
    after = dict(load_generator(tmp_path / "run" / "last.pt").named_buffers())
    assert_same(before, after)


def test_one_tiny_picture_is_no_batch(pictures: Path, tmp_path: Path) -> None:
    config = replace(TINY, stages=(Stage(32, 1, (1e-3, 0.0), steps=1),))
    with pytest.raises(UsageError, match="larger batch or size"):
        go(pictures, tmp_path / "run", config=config)


def test_patches_larger_than_the_pictures_are_refused(tmp_path: Path) -> None:
    config = replace(ADVERSARIAL, discriminator=DiscriminatorConfig(layers=3))
    with pytest.raises(UsageError, match="need pictures of 48 pixels, not 32"):
        Run(config, cpu(), pretrained=False)


def test_epochs_are_counted_in_steps(pictures: Path, tmp_path: Path) -> None:
    """Four pictures in batches of three: an epoch and a half are two steps."""
    config = replace(TINY, stages=(Stage(32, 3, (1e-3, 0.0), epochs=1.5),))
    go(pictures, tmp_path / "run", config=config)
    assert [entry["step"] for entry in logged(tmp_path / "run")] == [1, 2]


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
    other = replace(TINY, network="unet128")
    with pytest.raises(UsageError, match=r"other settings \(network\)"):
        go(pictures, saved.parent, config=other)
    with pytest.raises(InputError, match="holds a lite-unet network, not a unet128"):
        list(Training(other, pictures, saved.parent / "new", cpu(), start=saved))


def test_a_newer_format_is_refused(saved: Path) -> None:
    torch.save({"format": checkpoint.FORMAT + 1}, saved)
    with pytest.raises(InputError, match="format 3"):
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


def test_broken_pictures_are_counted_in_one_line(pictures: Path, tmp_path: Path) -> None:
    for path in pictures.iterdir():
        path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(InputError, match=r"^no picture .* 4 can't be read, .* \S+\.png; .*$"):
        go(pictures, tmp_path / "run")


def test_a_loss_that_is_no_number_stops_the_run(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go(pictures, tmp_path / "run", steps=2)
    before = (tmp_path / "run" / "last.pt").read_bytes()
    broken = torch.tensor(float("nan"))
    monkeypatch.setattr(Objective, "forward", lambda *_: {"l1": broken})
    with pytest.raises(PhotochromError, match="not finite at step 2"):
        go(pictures, tmp_path / "run")
    assert (tmp_path / "run" / "last.pt").read_bytes() == before
