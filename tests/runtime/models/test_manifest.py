"""What a model says of itself, and what is not believed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photochrom.errors import ModelError
from photochrom.models.manifest import METADATA_KEY, Manifest, from_metadata

GOOD: dict[str, Any] = {
    "contract": 1,
    "kind": "native",
    "name": "lite-unet",
    "version": "1",
    "color_space": "lab",
    "scale": 110.0,
    "native_size": 256,
    "multiple": 32,
    "output_stride": 2,
    "sha256": "0" * 64,
}


def read(**changes: Any) -> Manifest:
    return from_metadata({METADATA_KEY: json.dumps(GOOD | changes)}, "a.onnx")


class TestReading:
    def test_good(self) -> None:
        manifest = read()
        assert (manifest.name, manifest.scale, manifest.native_size) == ("lite-unet", 110.0, 256)

    def test_there_and_back(self) -> None:
        manifest = read(trained={"data": "x", "images": 3, "commit": "abc"})
        assert from_metadata({METADATA_KEY: manifest.to_json()}, "a.onnx") == manifest

    def test_unknown_keys_are_left_out(self) -> None:
        assert read(mood="cheerful") == read()

    def test_whole_number_as_scale(self) -> None:
        assert read(scale=110).scale == 110

    @pytest.mark.parametrize("scale", [176, 176.0, 200])
    def test_luv(self, scale: float) -> None:
        manifest = read(color_space="luv", scale=scale)
        assert (manifest.color_space, manifest.scale) == ("luv", scale)


class TestRefusing:
    def test_none(self) -> None:
        with pytest.raises(ModelError, match=r"a\.onnx has no photochrom manifest"):
            from_metadata({}, "a.onnx")

    @pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", '"x"', "[" * 100_000, "\0"])
    def test_no_json_object(self, text: str) -> None:
        with pytest.raises(ModelError, match="damaged manifest"):
            from_metadata({METADATA_KEY: text}, "a.onnx")

    @pytest.mark.parametrize("key", ["name", "version", "sha256"])
    def test_missing(self, key: str) -> None:
        values = {name: value for name, value in GOOD.items() if name != key}
        with pytest.raises(ModelError):
            from_metadata({METADATA_KEY: json.dumps(values)}, "a.onnx")

    @pytest.mark.parametrize("contract", [0, 2, 99, "1", None])
    def test_contract(self, contract: Any) -> None:
        with pytest.raises(ModelError, match="contract"):
            read(contract=contract)

    @pytest.mark.parametrize(
        ("key", "value"), [("kind", "bigcolor"), ("color_space", "oklab"), ("values", "percent")]
    )
    def test_kinds_of_the_future(self, key: str, value: str) -> None:
        with pytest.raises(ModelError, match=value):
            read(**{key: value})

    @pytest.mark.parametrize("key", ["scale", "native_size", "multiple", "output_stride"])
    @pytest.mark.parametrize(
        "value", [0, -1, "256", None, [1], float("nan"), float("inf"), 1e300, True]
    )
    def test_numbers(self, key: str, value: Any) -> None:
        with pytest.raises(ModelError):
            read(**{key: value})

    @pytest.mark.parametrize("scale", [1, 110.0, 175.9])
    def test_luv_at_the_scale_of_lab(self, scale: float) -> None:
        """Pure red has a u* of 175: the model can't say it, or its file says a wrong scale."""
        with pytest.raises(ModelError, match="at least 176"):
            read(color_space="luv", scale=scale)

    def test_luv_without_scale(self) -> None:
        """The default is that of Lab, and is not taken for Luv in silence."""
        with pytest.raises(ModelError, match="at least 176"):
            Manifest("toy", "1", "0" * 64, color_space="luv")

    @pytest.mark.parametrize("key", ["native_size", "multiple", "output_stride"])
    def test_fractions_of_pixels(self, key: str) -> None:
        with pytest.raises(ModelError):
            read(**{key: 2.5})

    def test_input_that_the_output_does_not_divide(self) -> None:
        with pytest.raises(ModelError):
            read(multiple=3, output_stride=2)

    @pytest.mark.parametrize("key", ["name", "version", "sha256"])
    @pytest.mark.parametrize("value", [None, 5, ["x"], "two\nlines", "\x1b[31mred"])
    def test_words(self, key: str, value: Any) -> None:
        with pytest.raises(ModelError) as caught:
            read(**{key: value})
        assert str(caught.value).isprintable()

    @settings(max_examples=200, deadline=None)
    @given(
        changes=st.dictionaries(
            st.sampled_from(sorted(GOOD)),
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats()
            | st.text()
            | st.lists(st.none()),
        )
    )
    def test_any_value(self, changes: dict[str, Any]) -> None:
        try:
            manifest = read(**changes)
        except ModelError as error:
            assert str(error).isprintable()  # noqa: PT017  (both ways out are right)
        else:
            assert manifest.native_size >= 1
            assert manifest.multiple % manifest.output_stride == 0
