"""Whatever order results come in, a film is cut, each part made once and after what it needs, and
then joined; an item has one outcome."""

import itertools
import random
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from photochrom.batch.cluster.orders import TRIES, Errand, Order
from photochrom.batch.items import Item, Outcome

FILM = Item("a.color.mp4", "/in/a.mp4", "/out/a.color.mp4", "film")
PHOTO = Item("a.color.png", "/in/a.png", "/out/a.color.png", "photo")

Shots = list[list[bool]]
"""Whether each part of each shot is done already."""


def cut(shots: Shots) -> dict[str, object]:
    """What a worker tells of a film with such shots."""
    parts: list[dict[str, object]] = []
    for shot, parts_done in enumerate(shots):
        for place, done in enumerate(parts_done):
            number, last = len(parts), place == len(parts_done) - 1
            parts.append(
                {
                    "number": number,
                    "frames": 10,
                    "piece": f"{number}.nut",
                    "needs": f"{shot}-{place - 1}.npz" if place else None,
                    "leaves": None if last else f"{shot}-{place}.npz",
                    "done": done,
                }
            )
    return {"survey": "survey.npz", "parts": parts}


def outcome(order: Order, shots: Shots = [], **told: object) -> Outcome:  # noqa: B006 read only
    report = cut(shots) if order.task == "cut" else {}
    return Outcome(order.item, 1.0, 0.0, report=report, **told)  # type: ignore[arg-type]


def run(item: Item, answer: Callable[[Order], Outcome], seed: int) -> tuple[list[Order], Outcome]:
    """All orders in the order of their results, which is by chance; the item's outcome."""
    chance, errand, heard = random.Random(seed), Errand(item), list[Order]()
    running, final = errand.begin(), list[Outcome]()
    while running:
        order = running.pop(chance.randrange(len(running)))
        heard.append(order)
        more, told = errand.hear(order, answer(order))
        running += more
        final += [told] if told else []
    assert len(final) == 1
    return heard, final[0]


def test_a_picture_is_one_order() -> None:
    orders, told = run(PHOTO, outcome, 0)
    assert ([order.task for order in orders], told.done) == (["whole"], True)


shots = st.lists(st.lists(st.booleans(), min_size=1, max_size=4), min_size=1, max_size=5)


@given(shots, st.integers(0, 1000))
def test_each_part_is_made_once_and_after_what_it_needs(shots: Shots, seed: int) -> None:
    orders, told = run(FILM, lambda order: outcome(order, shots), seed)
    missing = [number for number, done in enumerate(itertools.chain(*shots)) if not done]
    made = [order.part for order in orders if order.part is not None]
    assert [orders[0].task, orders[-1].task] == ["cut", "whole"]
    if len(missing) > 1:
        assert sorted(part.number for part in made) == missing
    left = {part["leaves"] for part in cut(shots)["parts"] if part["done"]}  # type: ignore[attr-defined]
    for part in made:
        assert part.needs is None or part.needs in left, "it was given out too early"
        left.add(part.leaves)
    assert told.done
    assert told.seconds == len(orders)


@given(st.integers(1, TRIES), st.integers(0, 100))
def test_what_a_machine_may_have_failed_is_tried_again(fails: int, seed: int) -> None:
    def answer(order: Order) -> Outcome:
        bad = order.task == "part" and order.tries <= fails
        told = {"error": "gone", "error_kind": "WorkerEnded"} if bad else {}
        return outcome(order, [[False], [False, False]], **told)

    orders, told = run(FILM, answer, seed)
    assert told.done == (fails < TRIES)
    assert max(order.tries for order in orders) == min(fails + 1, TRIES)


def test_a_damaged_item_is_not_tried_again() -> None:
    orders, told = run(
        PHOTO, lambda order: outcome(order, error="damaged", error_kind="InputError"), 0
    )
    assert (len(orders), told.error) == (1, "damaged")


def test_a_film_that_has_failed_drops_what_waits() -> None:
    errand = Errand(FILM)
    parts, _ = errand.hear(errand.begin()[0], outcome(errand_cut(), [[False]] * 3))
    assert len(parts) == 3
    bad = outcome(parts[0], error="damaged", error_kind="InputError")
    assert errand.hear(parts[0], bad) == ([], None)
    assert errand.drop() is None
    told = errand.drop()
    assert told is not None
    assert told.error == "damaged"


def errand_cut() -> Order:
    return Order(FILM, "cut")
