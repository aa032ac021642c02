"""Values that mutation of bytes seldom reaches: any JSON at all where an object was meant."""

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzzing import seeds, targets

LEAVES = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8)
)
ANY = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner,
                                                                        max_size=4), max_leaves=8
)  # fmt: skip


def known(sample: dict[str, object]) -> st.SearchStrategy[dict[str, object]]:
    """Objects with some of the keys that are known, and anything in them."""
    return st.dictionaries(st.sampled_from(sorted(sample)), ANY, max_size=4).map(
        lambda drawn: {**sample, **drawn}
    )


@pytest.mark.parametrize(("name", "sample"), [
    ("sidecar", seeds.SIDECAR), ("job options", seeds.OPTIONS), ("film options", seeds.FILM),
    ("settings", seeds.LIMITS),
    ("keyframes", {"photochrom": 1, "written": {}}),
    ("manifest", {"name": "a", "version": "1", "sha256": "", "tensors": {}, "values": "",
                  "contract": 1, "kind": "native", "scale": 110.0, "trained": {}}),
])  # fmt: skip
def test_any_json_is_taken_or_refused(name: str, sample: dict[str, object]) -> None:
    check: Callable[[bytes], None] = targets.BY_NAME[name].check

    @given(value=ANY | known(sample))
    def holds(value: object) -> None:
        check(json.dumps(value).encode())

    holds()


@given(data=st.binary(max_size=400))
def test_any_bytes_are_taken_or_refused(data: bytes) -> None:
    for target in targets.TARGETS:
        target.check(data)
