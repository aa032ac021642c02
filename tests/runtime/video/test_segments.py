"""Every frame lies in exactly one segment, and no segment lies in two shots."""

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from photochrom.video.segments import cut, first_seconds
from photochrom.video.steady import BLOCK

LENGTHS = st.lists(st.integers(1, 900), min_size=1, max_size=12)


def shots_of(lengths: list[int]) -> list[range]:
    ends = list(accumulate(lengths))
    return [range(end - length, end) for length, end in zip(lengths, ends, strict=True)]


@given(lengths=LENGTHS, longest=st.integers(1, 30).map(lambda blocks: blocks * BLOCK))
def test_every_frame_lies_in_one_segment(lengths: list[int], longest: int) -> None:
    segments = cut(shots_of(lengths), longest)
    assert [segment.number for segment in segments] == list(range(len(segments)))
    frames = [frame for segment in segments for frame in range(segment.start, segment.end)]
    assert frames == list(range(sum(lengths)))
    assert all(0 < segment.frames <= longest for segment in segments)
    assert all((one.start - one.shot_start) % BLOCK == 0 for one in segments)


@given(lengths=LENGTHS)
def test_segments_know_their_shots(lengths: list[int]) -> None:
    shots = shots_of(lengths)
    for segment in cut(shots):
        shot = shots[segment.shot]
        assert (segment.shot_start, segment.shot_end) == (shot.start, shot.stop)
        assert segment.continues == (segment.start != shot.start)
        assert segment.continued == (segment.end != shot.stop)


def test_a_long_shot_is_cut_evenly() -> None:
    assert [segment.frames for segment in cut([range(251)])] == [130, 121]


def test_beginnings_of_shots() -> None:
    pts = [0, 10, 20, 1000, 1010, 1020, 1030, 5000]
    segments = first_seconds([range(3), range(3, 7), range(7, 8)], pts, ticks=15)
    assert [(segment.start, segment.end) for segment in segments] == [(0, 2), (3, 5), (7, 8)]
    assert not any(segment.continued for segment in segments)
