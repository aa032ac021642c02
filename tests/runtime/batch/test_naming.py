"""Names of outputs: one for each source, for every disk."""

from __future__ import annotations

import os

from hypothesis import given
from hypothesis import strategies as st

from photochrom.batch.naming import LONGEST, RESERVED, UNPORTABLE, Names, folded, portable

RAW = st.binary(min_size=1, max_size=255).map(
    lambda name: os.fsdecode(name.replace(b"/", b"_").replace(b"\0", b"_"))
)
PARTS = RAW.filter(lambda name: name not in (".", ".."))
PATHS = st.lists(PARTS, min_size=1, max_size=3).map("/".join)
KINDS = st.sampled_from(["photo", "film"])


def test_the_tree_is_mirrored() -> None:
    names = Names()
    assert names.take("a/b/x.jpg", "photo") == "a/b/x.color.jpg"
    assert names.take("a/b/x.heic", "photo") == "a/b/x.color.png"
    assert names.take("a/b/X.TIF", "photo") == "a/b/X.color.TIF"
    assert names.take("x.avi", "film") == "x.color.mp4"
    assert Names("prores").take("x.mp4", "film") == "x.color.mov"


def test_clashes_are_seen() -> None:
    names = Names()
    assert names.take("x.png", "photo") == "x.color.png"
    assert names.take("x.heic", "photo") == "x.color-2.png"
    assert names.take("X.png", "photo") == "X.color-3.png"
    assert names.take("caf\u00e9.png", "photo") == "caf\u00e9.color.png"
    assert names.take("cafe\u0301.png", "photo") == "cafe\u0301.color-2.png"
    assert names.take("A/y.png", "photo") == "A/y.color.png"
    assert names.take("a/y.png", "photo") == "a/y.color-2.png"


def test_names_of_windows_devices() -> None:
    names = Names(portable=True)
    assert names.take("CON.jpg", "photo") == "_CON.color.jpg"
    assert names.take("aux/lpt1.tif", "photo") == "_aux/_lpt1.color.tif"
    assert names.take('a:b"?.jpg', "photo") == "a%3Ab%22%3F.color.jpg"
    assert names.take("dots./x.jpg", "photo") == "dots%2E/x.color.jpg"
    assert names.take("nul.d/x.jpg", "photo") == "_nul.d/x.color.jpg"
    assert names.take(os.fsdecode(b"\xe9\n.jpg"), "photo") == "%E9%0A.color.jpg"
    assert names.take("console.jpg", "photo") == "console.color.jpg"


def test_long_names_are_cut_and_stay_apart() -> None:
    names = Names()
    some = [names.take("a" * 250 + f"{end}.jpg", "photo") for end in "xy"]
    assert len({*some}) == 2
    assert all(len(os.fsencode(name)) <= LONGEST for name in some)
    assert len(os.fsencode(names.take("\u00e9" * 125 + ".jpg", "photo"))) <= LONGEST


@given(st.lists(st.tuples(PATHS, KINDS), max_size=12), st.booleans())
def test_no_two_are_alike_and_none_leaves(paths: list[tuple[str, str]], everywhere: bool) -> None:
    names = Names(portable=everywhere)
    found = [names.take(path, kind) for path, kind in paths]  # type: ignore[arg-type]
    assert len({folded(name) for name in found}) == len(found)
    for name, (path, _) in zip(found, paths, strict=True):
        assert everywhere or os.path.dirname(name) == os.path.dirname(path)
        assert ".." not in name.split("/")
        assert max(len(os.fsencode(part)) for part in name.split("/")) <= LONGEST


@given(PARTS)
def test_portable_names_fit_everywhere(name: str) -> None:
    found = portable(name)
    assert not UNPORTABLE.search(found)
    assert not RESERVED.fullmatch(found.split(".")[0].rstrip())
    assert not found.endswith((" ", "."))
    assert portable(found) == found
    found.encode("utf-8")
