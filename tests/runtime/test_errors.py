"""The tree of errors is what its docstring draws."""

import re

import pytest

import photochrom
from photochrom import errors


def tree() -> dict[str, int]:
    """Names and exit codes out of the docstring."""
    lines = re.findall(r"(\w+Error)\s+(\d+)", errors.__doc__ or "")
    return {name: int(code) for name, code in lines}


def test_docstring_and_classes_agree() -> None:
    classes = {
        name: value.exit_code
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.PhotochromError)
    }
    assert classes == tree()


def test_codes_differ() -> None:
    """Only a special case of another error shares its code."""
    codes = [kind.exit_code for kind in errors.PhotochromError.__subclasses__()]
    assert len(set(codes)) == len(codes)
    assert errors.OutOfMemoryError.__base__ is errors.DeviceError


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("UsageError", 2),
        ("InputError", 3),
        ("OutputError", 4),
        ("ModelError", 5),
        ("DeviceError", 6),
        ("OutOfMemoryError", 6),
        ("SomeFailedError", 7),
        ("CancelledError", 130),
    ],
)
def test_codes_of_the_design(name: str, code: int) -> None:
    assert getattr(errors, name).exit_code == code


def test_public_names() -> None:
    for name in photochrom.__all__:
        assert getattr(photochrom, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = photochrom.nonsense
