"""Small runs that are trained to be compared on several sets of pictures."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lightning_fabric import Fabric
from PIL import Image

from helpers.training import TINY, cpu, write_pictures
from photochrom.errors import InputError, UsageError
from photochrom_trainer.config import TrainConfig
from photochrom_trainer.evaluation import cross_datasets
from photochrom_trainer.training.loop import Training

SETS = ("one", "two")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two sets of unlike sizes."""
    write_pictures(tmp_path / "corpus" / "one" / "inner", count=7)
    write_pictures(tmp_path / "corpus" / "two", count=5)
    return tmp_path / "corpus"


@pytest.fixture
def fabric() -> Fabric:
    return cpu()


@pytest.fixture
def config() -> TrainConfig:
    """Two steps; the weights that would keep a set out are not for these runs."""
    stage = replace(TINY.stages[0], steps=2)
    data = replace(TINY.data, source_weights={"inner": 0.0})
    return replace(TINY, stages=(stage,), data=data)


def take_steps(training: Training) -> None:
    for _ in training:
        pass


def test_sets_are_divided_evenly(corpus: Path) -> None:
    parts = cross_datasets.divide(corpus, SETS, measured=2)
    for part in parts.values():
        assert (len(part.trained), len(part.measured)) == (3, 2)
        assert not set(part.trained) & set(part.measured)
    assert parts == cross_datasets.divide(corpus, SETS, measured=2, trained=3)


@pytest.mark.parametrize(("measured", "trained"), [(5, None), (2, 4), (9, 1)])
def test_too_small_a_set_is_refused(corpus: Path, measured: int, trained: int | None) -> None:
    with pytest.raises(InputError, match="two has 5 pictures: too few"):
        cross_datasets.divide(corpus, SETS, measured, trained)


def test_every_set_is_trained_on_and_measured(
    corpus: Path, tmp_path: Path, config: TrainConfig, fabric: Fabric
) -> None:
    output = tmp_path / "out"
    parts = cross_datasets.divide(corpus, SETS, measured=2)
    cross_datasets.train_each(config, corpus, parts, output, fabric, take_steps)
    for name in SETS:
        linked = [path for path in (output / "pictures" / name).rglob("*.png")]
        assert {path.resolve() for path in linked} == set(parts[name].trained)
    seen: list[tuple[int, int]] = []
    found = cross_datasets.measure_each(
        corpus, parts, output, lambda done, total: seen.append((done, total))
    )
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]
    for trained in SETS:
        for measured in SETS:
            report = found[trained][measured]
            assert report.model == trained
            paths = [path.relative_to(corpus).as_posix() for path in parts[measured].measured]
            assert list(report.pictures) == paths
    cross_datasets.write(config, parts, corpus, found, output)
    values = json.loads((output / "cross-datasets.json").read_text())
    assert values["pictures"]["one"]["measured"][0].startswith("one/inner/")
    assert set(values["reports"]["one"]) == set(SETS)
    assert (output / "cross-datasets.md").read_text().count("| one |") == 4 + 4
    with Image.open(output / "cross-datasets.png") as image:
        assert np.asarray(image).std() > 5

    cross_datasets.train_each(config, corpus, parts, output, fabric, take_steps)  # all done
    other = cross_datasets.divide(corpus, SETS, measured=3)
    with pytest.raises(UsageError, match="trained on other pictures"):
        cross_datasets.train_each(config, corpus, other, output, fabric, take_steps)
