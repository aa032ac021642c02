"""Pictures as blocks of rows and back."""

import gc
import threading
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from photochrom.color.profile import default_profile
from photochrom.files import blocks
from photochrom.files.blocks import Form
from photochrom.files.recombine import ChromaModel, recombine

Pixels = NDArray[Any]


def noise(form: Form) -> Pixels:
    values = np.random.default_rng(0).random((form.height, form.width, form.bands))
    if form.dtype == np.float32:
        return values.astype(np.float32)
    return (values * np.iinfo(form.dtype).max).astype(form.dtype)


def cut(pixels: Pixels, form: Form) -> Generator[Pixels, None, None]:
    for top in range(0, form.height, form.rows):
        yield np.ascontiguousarray(pixels[top : top + form.rows])


@st.composite
def forms(draw: st.DrawFn) -> Form:
    dtype = np.dtype(draw(st.sampled_from(["uint8", "uint16", "float32"])))
    sides = st.integers(1, 60)
    return Form(draw(sides), draw(sides), draw(st.sampled_from([1, 3])), dtype)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=forms(), size=st.sampled_from([1, 50, 1000, 1 << 19]))
def test_there_and_back(form: Form, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "PIXELS", size)
    pixels = noise(form)
    picture = blocks.picture(form, cut(pixels, form))
    parts = list(blocks.of(picture, form))
    assert {len(part) for part in parts[:-1]} <= {form.rows}
    np.testing.assert_array_equal(np.concatenate(parts), pixels)


def test_it_outlives_what_made_it() -> None:
    form = Form(300, 400, 3, np.dtype(np.uint16))
    pixels = noise(form)
    picture = blocks.picture(form, cut(pixels, form)).copy()
    gc.collect()
    np.testing.assert_array_equal(picture.numpy(), pixels)


def test_blocks_are_asked_for_while_it_is_pulled(tmp_path: Path) -> None:
    form = Form(1000, 4000, 3, np.dtype(np.uint8))
    asked: list[int] = []

    def parts() -> Generator[Pixels, None, None]:
        for part in cut(noise(form), form):
            asked.append(len(part))
            yield part

    picture = blocks.picture(form, parts())
    assert asked == []
    picture.tiffsave(str(tmp_path / "out.tif"))
    assert sum(asked) == form.height


def test_a_broken_file_says_why(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    pyvips.Image.gaussnoise(3000, 2000, mean=128).cast("uchar").jpegsave(str(path))
    path.write_bytes(path.read_bytes()[:-200_000])
    image = pyvips.Image.new_from_file(str(path), access="sequential", fail_on="error")
    form = Form(3000, 2000, 1, np.dtype(np.uint8))
    picture = blocks.picture(form, blocks.of(image, form))
    with pytest.raises(pyvips.Error, match="premature end"):
        picture.avg()


def test_an_error_of_ours_ends_the_pull(caplog: pytest.LogCaptureFixture) -> None:
    form = Form(100, 100, 1, np.dtype(np.uint8))

    def parts() -> Generator[Pixels, None, None]:
        raise MemoryError("of the test")
        yield noise(form)

    picture = blocks.picture(form, parts())
    with pytest.raises(pyvips.Error, match=blocks.OWN_WORDS):
        picture.avg()
    assert "of the test" in caplog.text
    caplog.clear()  # it was wanted


def is_kept(thread: threading.Thread) -> bool:
    """libvips' own threads, and those that all pictures share."""
    return thread.name.startswith(("Dummy", "recombine"))


@pytest.mark.parametrize("given_up", [False, True])
def test_no_thread_stays_behind(given_up: bool, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    plane = np.zeros((2, 4, 4), np.float32)
    source = pyvips.Image.new_from_array(np.zeros((3000, 3000), np.uint8))
    picture = recombine(source, default_profile(), ChromaModel(plane, plane), 1, "uchar")
    if given_up:
        assert picture.crop(0, 0, 3000, 10).avg() == 0
    else:
        picture.tiffsave(str(tmp_path / "out.tif"))
    began = {thread for thread in set(threading.enumerate()) - before if not is_kept(thread)}
    assert began or not given_up
    del picture
    gc.collect()
    for thread in began:
        thread.join(5)
    assert not [thread for thread in began if thread.is_alive()]
