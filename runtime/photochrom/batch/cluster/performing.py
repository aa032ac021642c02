"""What happens on a machine of the cluster: an order is done by a worker's process that stays.

The process that Ray starts decodes nothing itself: pictures and films are opened in a child, as in
a batch on one machine, and what breaks there breaks nothing else.
"""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass

from photochrom import __version__
from photochrom.batch.cluster import staging
from photochrom.batch.cluster.orders import Order
from photochrom.batch.hands import Hands, work_folder
from photochrom.batch.items import Asked, Item, Outcome
from photochrom.batch.seals import seal
from photochrom.batch.storage import is_url
from photochrom.errors import DeviceError, ModelError, PhotochromError
from photochrom.models.names import DEFAULT_MODEL
from photochrom.models.store import find_model


@dataclass(frozen=True)
class Setup:
    """What all orders of a batch have in common."""

    asked: Asked
    threads: int
    """Of the processor, for each order."""
    model: str
    """Hash of the model's file."""
    version: str = __version__
    """Of the driver's photochrom."""


_ready: tuple[Setup, Hands] | None = None
"""This process' own: the model is loaded once, however many orders come."""


def perform(order: Order, setup: Setup) -> Outcome:
    """Do an order; whatever happens to it, it is told and not raised."""
    began = time.perf_counter()
    try:
        hands = _hands(setup)
        if is_url(order.item.source) or is_url(order.item.target):
            return staging.staged(order, setup.asked.sidecars, lambda item: _do(hands, order, item))
        return _do(hands, order, order.item)
    except PhotochromError as error:
        seconds, kind = time.perf_counter() - began, type(error).__name__
        return Outcome(order.item, seconds, time.time(), error=str(error), error_kind=kind)


def _do(hands: Hands, order: Order, item: Item) -> Outcome:
    if order.task == "whole":
        return hands.do(item)
    work = work_folder(item)
    if order.part is None:
        return hands.ask(item, "film-parts", work=work)
    number, piece = order.part.number, order.part.piece
    return hands.ask(item, "film-part", work=work, number=number, piece=piece)


def _hands(setup: Setup) -> Hands:
    global _ready
    if _ready is not None and _ready[0] == setup:
        return _ready[1]
    if _ready is not None:
        _ready[1].close()
        _ready = None
    check(setup)
    hands = Hands(setup.asked, setup.threads)
    hands.load()
    _ready = setup, hands
    return hands


def check(setup: Setup) -> None:
    """Refuse a machine that would make other pictures than the driver's.

    Raises:
        DeviceError: if it has another photochrom.
        ModelError: if it has another model of that name, or none.
    """
    here = platform.node()
    if setup.version != __version__:
        raise DeviceError(
            f"{here} has photochrom {__version__} and the batch runs {setup.version}; "
            "install the same on all machines of the cluster"
        )
    path = str(find_model(setup.asked.model or DEFAULT_MODEL))
    if seal(path).sha256 != setup.model:
        raise ModelError(f"{path} on {here} is another model than the batch's; copy that one there")
