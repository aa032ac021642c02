"""Presets, and settings that can't be meant."""

from pathlib import Path
from typing import Any

import pytest

from photochrom.errors import UsageError
from photochrom_trainer.config import from_dict, preset_names, read_config
from photochrom_trainer.training.schedule import in_steps


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_loads(name: str) -> None:
    config = read_config(name)
    assert in_steps(config, 1000).steps > 0
    assert from_dict(config.to_dict()) == config


STAGE = {"steps": 1, "size": 32, "batch": 1, "learning_rate": [0.0, 0.1]}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "stages"),
        ({"stages": []}, "at least one"),
        ({"stages": [STAGE | {"size": 48}]}, "divisible by 32"),
        ({"stages": [STAGE | {"steps": 0}]}, "steps >= 1"),
        ({"stages": [STAGE | {"learning_rate": [0.1]}]}, r"stages.0.learning_rate"),
        ({"stages": [STAGE | {"rate": 1}]}, "rate"),
        ({"stages": [STAGE], "sead": 1}, "sead"),
        ({"stages": [STAGE], "seed": "one"}, "seed: Input should be a valid integer"),
        ({"stages": [STAGE | {"epochs": 2}]}, "either steps"),
        ({"stages": [STAGE | {"batch": 0}]}, "batch"),
        ({"stages": [STAGE | {"losses": {"l2": 1}}]}, "l2"),
        ({"stages": [STAGE], "network": "resnet"}, "unet256"),
        ({"stages": [STAGE], "color_space": "rgb"}, "luv"),
        ({"stages": [STAGE], "discriminator": {"layers": 9}}, "layers"),
        ({"stages": [STAGE], "discriminator": {"rate": 0}}, "rate"),
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


def test_single_settings_can_be_replaced() -> None:
    changes = ['color_space="luv"', "data.crop_scale=[0.7, 0.8]", "data.hint_shares.points=0.9"]
    config, plain = read_config("laptop", changes), read_config("laptop")
    assert config.color_space == "luv"
    assert config.data.crop_scale == (0.7, 0.8)
    assert config.data.hint_shares == plain.data.hint_shares | {"points": 0.9}
    assert config.stages == plain.stages


@pytest.mark.parametrize("change", ["color_space=luv", "color_space", "=1", "seed=["])
def test_settings_that_are_no_toml_are_refused(change: str) -> None:
    with pytest.raises(UsageError, match="--set takes KEY=VALUE"):
        read_config("laptop", [change])


@pytest.mark.parametrize("change", ["seed.first=1", "data=5", "sead=1"])
def test_settings_that_do_not_fit_are_refused(change: str) -> None:
    with pytest.raises(UsageError):
        read_config("laptop", [change])
