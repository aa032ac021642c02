"""Crops: what is drawn, what is left out, and that all of it can be repeated."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader

from helpers.training import write_pictures
from photochrom.color import spaces
from photochrom.color.spaces import COLOR_SPACES, SCALES, ColorSpace
from photochrom.errors import InputError, UsageError
from photochrom_trainer.data import degradations, hints
from photochrom_trainer.data.decoding import read_rgb
from photochrom_trainer.data.pictures import WALK, Crops, DataConfig, random_crop, split
from photochrom_trainer.data.screening import Screening, mean_chroma

EVERYTHING = DataConfig(
    hint_shares=dict.fromkeys(hints.SIMULATORS, 1.0),
    recolor_chance=0.5,
    degradation_chances=dict.fromkeys(degradations.DEGRADATIONS, 0.5),
)
Sample = tuple[Tensor, Tensor, Tensor]


def crops(folder: Path, config: DataConfig = EVERYTHING, size: int = 32, seed: int = 0) -> Crops:
    return Crops(folder, config, size, 110.0, seed)


def same(first: Sample, second: Sample) -> bool:
    return all(one.equal(other) for one, other in zip(first, second, strict=True))


def break_picture(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def write_grey(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    values = np.random.default_rng(0).integers(0, 256, (64, 80), np.uint8)
    for name in names:
        Image.fromarray(values).save(folder / name)


def write_flat(path: Path, color: tuple[int, int, int]) -> None:
    path.parent.mkdir(exist_ok=True)
    Image.new("RGB", (16, 12), color).save(path)


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Six pictures in colour, one broken, two grey."""
    folder = write_pictures(tmp_path / "mixed", 7)
    break_picture(folder / "3.png")
    write_grey(folder, "grey.jpg", "2grey.png")
    return folder


@pytest.mark.parametrize("form", sorted(hints.SIMULATORS))
def test_a_sample_keeps_the_models_contract(tmp_path: Path, form: str) -> None:
    config = replace(EVERYTHING, hint_shares={form: 1.0})
    dataset = crops(write_pictures(tmp_path), config, size=64)
    for index in range(6):
        luminance, told, chroma = dataset[index]
        assert [tensor.shape for tensor in (luminance, told, chroma)] == [
            (channels, 64, 64) for channels in (1, 3, 2)
        ]
        assert {tensor.dtype for tensor in (luminance, told, chroma)} == {torch.float32}
        assert luminance.min() >= 0
        assert luminance.max() <= 1


def test_a_sample_depends_on_seed_and_index_alone(mixed: Path) -> None:
    """Whatever has been drawn before, and found out about the pictures."""
    forwards, backwards = crops(mixed), crops(mixed)
    there = [forwards[index] for index in range(40)]
    back = [backwards[index] for index in reversed(range(40))][::-1]
    assert all(same(one, other) for one, other in zip(there, back, strict=True))
    assert not same(crops(mixed, seed=1)[0], there[0])


def test_a_resumed_loader_goes_on_with_what_an_uninterrupted_one_has_drawn(mixed: Path) -> None:
    def drawn(start: int, workers: int) -> list[Sample]:
        samples = range(start, 24)
        return list(DataLoader(crops(mixed), 4, sampler=samples, num_workers=workers))

    whole, rest = drawn(0, 0), drawn(12, 1)
    assert all(same(one, other) for one, other in zip(whole[3:], rest, strict=True))


def test_broken_and_grey_pictures_are_left_out_and_counted(mixed: Path) -> None:
    dataset = crops(mixed, DataConfig())
    assert dataset.screening() == Screening(9, 0, 0, 0)
    for index in range(100):
        assert dataset[index][2].any()
    assert dataset.screening() == Screening(9, 9, 1, 2)
    assert [path.name for path in dataset.left_out()] == ["2grey.png", "3.png", "grey.jpg"]


def test_good_pictures_are_drawn_as_often_as_each_other(tmp_path: Path) -> None:
    write_grey(tmp_path, *(f"{number}.jpg" for number in range(20)))
    for number in range(4):
        write_flat(tmp_path / f"{number}.png", (60 * number, 120, 255 - 60 * number))
    dataset = crops(tmp_path, DataConfig(), size=8)
    colors = [tuple(dataset[index][2][:, 0, 0].tolist()) for index in range(400)]
    counts = [colors.count(color) for color in set(colors)]
    assert len(counts) == 4
    assert min(counts) > 70


@pytest.mark.parametrize("workers", [1, 2])
def test_worker_processes_share_what_they_find_out(mixed: Path, workers: int) -> None:
    dataset = crops(mixed, DataConfig())
    for _ in DataLoader(dataset, 4, sampler=range(100), num_workers=workers):
        pass
    assert dataset.screening() == Screening(9, 9, 1, 2)


def test_grey_pictures_alone_are_refused(tmp_path: Path) -> None:
    write_grey(tmp_path / "grey", *(f"{number}.png" for number in range(5)))
    with pytest.raises(InputError) as refused:
        crops(tmp_path / "grey")[0]
    message = str(refused.value)
    assert "among 5 of 5" in message
    assert "0 can't be read, 5 are grey (mean chroma below 2.5)" in message
    assert "lower least_chroma" in message
    assert "\n" not in message


def test_grey_pictures_can_be_asked_for(tmp_path: Path) -> None:
    write_grey(tmp_path / "grey", "0.png")
    dataset = crops(tmp_path / "grey", DataConfig(least_chroma=0))
    assert dataset[0][2].abs().max() < 1e-3


def test_broken_pictures_alone_are_refused(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path)
    for path in folder.iterdir():
        break_picture(path)
    with pytest.raises(InputError, match=r"4 can't be read, 0 are grey .* first \S+/0\.png;"):
        crops(folder)[0]


def test_the_only_good_picture_among_thousands_is_found(tmp_path: Path) -> None:
    write_pictures(tmp_path, 1)
    for number in range(1, 3000):
        (tmp_path / f"{number}.jpg").touch()
    dataset = crops(tmp_path, DataConfig(), size=8)
    for index in range(20):
        assert dataset[index][2].any()
    found = dataset.screening()
    assert found.unreadable == found.seen - 1 > 1000


def test_a_hopeless_folder_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Long before a million pictures have been looked at."""
    assert WALK == 10_000
    monkeypatch.setattr("photochrom_trainer.data.pictures.WALK", 50)
    for number in range(1000):
        (tmp_path / f"{number}.jpg").touch()
    with pytest.raises(InputError, match=r"among (\d\d|1[0-4]\d) of 1000"):
        crops(tmp_path)[0]


def test_a_picture_that_breaks_later_is_left_out_from_then_on(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path, 2)
    dataset = crops(folder)
    for index in range(20):
        dataset[index]
    break_picture(folder / "0.png")
    for index in range(20):
        dataset[index]
    assert dataset.screening() == Screening(2, 2, 1, 0)


@settings(max_examples=5)
@given(st.floats(0.1, 3))
def test_sources_are_drawn_by_their_weights(
    tmp_path_factory: pytest.TempPathFactory, weight: float
) -> None:
    folder = tmp_path_factory.mktemp("sources")
    for name, color in {"a": (255, 0, 0), "b": (0, 255, 0), "c": (128, 128, 128)}.items():
        write_flat(folder / name / "0.png", color)
    config = DataConfig(source_weights={"a": weight, "c": 0}, least_chroma=0)
    dataset = crops(folder, config, size=8)
    reds = [float(dataset[index][2][0].mean()) for index in range(300)]
    assert sum(red > 0.1 for red in reds) / 300 == pytest.approx(weight / (weight + 1), abs=0.12)
    assert min(map(abs, reds)) > 0.1


def test_a_source_without_weight_is_not_drawn_in_need_either(tmp_path: Path) -> None:
    write_grey(tmp_path / "a", "0.png")
    write_pictures(tmp_path / "b")
    with pytest.raises(InputError, match="among 1 of 5"):
        crops(tmp_path, DataConfig(source_weights={"b": 0}))[0]


def test_weights_that_leave_nothing_are_refused(tmp_path: Path) -> None:
    write_pictures(tmp_path / "a")
    with pytest.raises(UsageError, match="source_weights leaves no picture"):
        crops(tmp_path, DataConfig(source_weights={"a": 0}))


def test_the_layout_says_which_pictures_are_drawn(tmp_path: Path) -> None:
    write_pictures(tmp_path / "train2017", 3).joinpath("0.png").rename(
        tmp_path / "train2017" / "map.png"
    )
    for path in list((tmp_path / "train2017").glob("[12].png")):
        Image.open(path).save(path.with_suffix(".jpg"))
    dataset = crops(tmp_path, DataConfig(layout="coco-stuff"))
    assert [dataset.path(number).name for number in range(len(dataset))] == ["1.jpg", "2.jpg"]
    assert dataset[0][0].shape == (1, 32, 32)


@pytest.mark.parametrize("space", COLOR_SPACES)
def test_chroma_is_of_the_space_that_is_asked_for(tmp_path: Path, space: ColorSpace) -> None:
    folder = write_pictures(tmp_path)
    dataset = Crops(folder, DataConfig(), 32, SCALES[space], 0, color_space=space)
    in_lab = Crops(folder, DataConfig(), 32, SCALES["lab"], 0)
    luminance, _, chroma = (tensor.numpy() for tensor in dataset[0])
    wanted = spaces.chroma_from_lab(luminance[0] * 100, in_lab[0][2].numpy() * SCALES["lab"], space)
    np.testing.assert_allclose(chroma * SCALES[space], wanted, atol=0.05)
    assert np.abs(chroma).max() <= 1


def test_split_is_lab_unless_it_is_told_otherwise() -> None:
    pixels = np.random.default_rng(0).random((4, 5, 3), np.float32)
    for first, second in zip(split(pixels, 110.0), split(pixels, 110.0, "lab"), strict=True):
        assert np.array_equal(first, second)
    assert not np.array_equal(split(pixels, 110.0)[1], split(pixels, 110.0, "luv")[1])


@pytest.mark.parametrize("size", [60, 32])
def test_large_photographs_are_decoded_no_larger_than_the_smallest_crop_needs(
    tmp_path: Path, size: int
) -> None:
    """In a stage of smaller crops too, or a resumed run would find other pictures grey."""
    small = write_pictures(tmp_path / "small", 1)
    Image.open(small / "0.png").resize((1200, 800)).save(tmp_path / "large.jpg")
    config = DataConfig(crop_scale=(0.4, 1.0), source_weights={"small": 0})
    dataset = crops(tmp_path, config, 60)
    dataset.size = size
    rng = np.random.default_rng((0, 5))
    rng.random()  # draws the picture
    reduced = read_rgb(tmp_path / "large.jpg", 150)
    assert reduced.size == (300, 200)
    luminance, chroma = split(random_crop(reduced, size, (0.4, 1.0), rng), 110.0)
    assert np.array_equal(dataset[5][0][0], luminance)
    assert np.array_equal(dataset[5][2], chroma)


@pytest.mark.parametrize("turn", [1, 6])
def test_a_turned_photograph_gives_the_crops_of_the_upright_one(tmp_path: Path, turn: int) -> None:
    upright, turned = write_pictures(tmp_path / "upright", 1), tmp_path / "turned"
    turned.mkdir()
    exif = Image.Exif()
    exif[0x0112] = turn
    image = Image.open(upright / "0.png")
    stored = image.transpose(Image.Transpose.ROTATE_90) if turn == 6 else image
    stored.save(turned / "0.png", exif=exif)
    assert same(crops(upright)[3], crops(turned)[3])


def test_mean_chroma_is_that_of_the_whole_picture() -> None:
    assert mean_chroma(Image.new("RGB", (300, 20), (128, 128, 128))) == pytest.approx(0, abs=0.01)
    half = Image.new("RGB", (640, 480), (128, 128, 128))
    half.paste((255, 0, 0), (0, 0, 320, 480))
    assert mean_chroma(half) == pytest.approx(104.55 / 2, abs=0.2)  # sRGB red has C*ab 104.55


def test_noise_of_a_grey_scan_is_no_colour() -> None:
    noise = np.random.default_rng(0).normal(128, 12, (480, 640, 3))
    assert mean_chroma(Image.fromarray(noise.clip(0, 255).astype(np.uint8))) < 2.5


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 64), st.integers(0, 2**32))
def test_a_crop_of_any_picture_has_the_size(width: int, height: int, size: int, seed: int) -> None:
    image = Image.new("RGB", (width, height), (255, 0, 0))
    crop = random_crop(image, size, (0.1, 1.0), np.random.default_rng(seed))
    assert crop.shape == (size, size, 3)
    assert (crop == np.array((1, 0, 0))).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"layout": "imagnet"}, "layout names 'imagnet'; known are folder, imagenet"),
        ({"least_chroma": -1}, "least_chroma must not be below 0"),
        ({"least_chroma": float("nan")}, "least_chroma"),
        ({"source_weights": {"a": -0.1}}, "source_weights must not be below 0"),
        ({"hint_shares": {"points": float("inf")}}, "hint_shares"),
        ({"recolor_chance": 1.5}, "recolor_chance must not be above 1"),
        ({"degradation_chances": {"blur": 15}}, "degradation_chances must not be above 1"),
        ({"crop_scale": (0.8, 0.5)}, "crop_scale"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        DataConfig(**values)  # type: ignore[arg-type]


def test_every_picture_has_its_turn_once_an_epoch(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "pictures", count=5)
    crops = Crops(folder, DataConfig(), 32, 110.0, seed=1)
    turns = [next(crops._candidates(index, np.random.default_rng(0))) for index in range(15)]
    epochs = [turns[start : start + 5] for start in (0, 5, 10)]
    assert all(sorted(epoch) == list(range(5)) for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) > 1


def test_so_many_pictures_are_kept_and_no_more(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "pictures", count=9)
    kept = [
        [crops.path(number).name for number in range(len(crops))]
        for seed in (0, 0, 1)
        for crops in [Crops(folder, DataConfig(most_pictures=4), 32, 110.0, seed)]
    ]
    assert kept[0] == kept[1] == sorted(kept[0])
    assert len(kept[0]) == 4
    assert kept[0] != kept[2]
    assert len(Crops(folder, DataConfig(most_pictures=99), 32, 110.0, 0)) == 9


@given(seed=st.integers(0, 500), stretch=st.floats(1.0, 2.0))
def test_stretched_crops_stay_inside_the_picture(seed: int, stretch: float) -> None:
    """A picture of one colour up to its rim gives crops of that colour."""
    image = Image.new("RGB", (50, 30), (200, 40, 90))
    crop = random_crop(image, 32, (0.5, 1.0), np.random.default_rng(seed), stretch)
    assert crop.shape == (32, 32, 3)
    np.testing.assert_allclose(
        crop, np.broadcast_to(np.divide((200, 40, 90), 255), crop.shape), atol=1e-6
    )
