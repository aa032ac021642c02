"""The loader alone: its speed, and its errors in one line."""

from pathlib import Path

import pytest
from torch.utils.data import DataLoader

from helpers.training import write_pictures
from photochrom.errors import InputError
from photochrom_trainer.data.loading import measure_loading, plain_errors
from photochrom_trainer.data.pictures import Crops, DataConfig


class Counted(Crops):
    """Remembers which samples were asked for."""

    def __getitem__(self, index: int):  # type: ignore[no-untyped-def]
        self.__dict__.setdefault("asked", []).append(index)
        return super().__getitem__(index)


@pytest.mark.parametrize("workers", [0, 2])
def test_crops_a_second_are_measured(tmp_path: Path, workers: int) -> None:
    crops = Crops(write_pictures(tmp_path), DataConfig(), 32, 110.0, 0)
    assert 1 < measure_loading(crops, 4, 3, workers) < 1e6
    assert crops.screening().seen == 4


def test_the_first_samples_are_drawn_once_each(tmp_path: Path) -> None:
    crops = Counted(write_pictures(tmp_path), DataConfig(), 32, 110.0, 0)
    measure_loading(crops, 4, 3, 0)
    assert crops.__dict__["asked"] == list(range(16))


@pytest.mark.parametrize("workers", [0, 1])
def test_what_stops_a_loader_is_said_in_one_line(tmp_path: Path, workers: int) -> None:
    (tmp_path / "empty.jpg").touch()
    crops = Crops(tmp_path, DataConfig(), 32, 110.0, 0)
    with pytest.raises(InputError, match=r"^no picture to train on among 1 of 1 .*least_chroma$"):
        measure_loading(crops, 2, 2, workers)


def test_an_error_of_this_process_stays_as_it_is() -> None:
    with pytest.raises(InputError, match=r"^no such folder: a$"), plain_errors():
        raise InputError("no such folder: a")


@pytest.mark.slow
def test_crops_travel_to_new_processes(tmp_path: Path) -> None:
    """What platforms without fork do: the states stay shared, though the object is pickled."""
    crops = Crops(write_pictures(tmp_path), DataConfig(), 32, 110.0, 0)
    (tmp_path / "0.png").write_bytes(b"broken")
    loader = DataLoader(crops, 4, sampler=range(40), num_workers=1, multiprocessing_context="spawn")
    for _ in loader:
        pass
    assert crops.screening().seen == 4
    assert crops.screening().unreadable == 1
