"""What a worker can be asked for with films."""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photochrom.errors import UsageError
from photochrom.worker import beside
from photochrom.worker.asked import options_of
from photochrom.worker.calls import Answer, Call, path_of, report_of, watch_of
from photochrom.worker.views import picture, side_of

if TYPE_CHECKING:
    from photochrom.video.options import FilmOptions

LONGEST = 16384
"""Pixels of a played picture's long side at most."""


def film(call: Call) -> Answer:
    """Colorize a film into another, or numbered pictures."""
    head, source = call.head, path_of(call.head, "source")
    report = call.models.film(head).colorize_file(
        source,
        path_of(head, "target"),
        film_options({**head, "options": beside.of_film(head, source)}),
        overwrite=head.get("overwrite") is True,
        work=head.get("work"),
        progress=call.progress,
        tell=lambda told: call.tell(stage="frames", **asdict(told)),
        cancel=call.cancel,
        pause=call.pause,
    )
    return report_of(report), b""


def parts(call: Call) -> Answer:
    """Cut a film into pieces that several workers can make."""
    head, source = call.head, path_of(call.head, "source")
    found = call.models.film(head).cut(
        source,
        path_of(head, "target"),
        film_options({**head, "options": beside.of_film(head, source)}),
        work=path_of(head, "work"),
        overwrite=head.get("overwrite") is True,
        progress=call.progress,
        cancel=call.cancel,
    )
    return asdict(found), b""


def part(call: Call) -> Answer:
    """Make one of those pieces; when all are made, ``film`` joins them."""
    head, source = call.head, path_of(call.head, "source")
    made = call.models.film(head).make_part(
        source,
        path_of(head, "target"),
        film_options({**head, "options": beside.of_film(head, source)}),
        work=path_of(head, "work"),
        number=_number(head, "number"),
        piece=str(head.get("piece")),
        progress=call.progress,
        cancel=call.cancel,
        pause=call.pause,
    )
    return {"made": made}, b""


def reel(call: Call) -> Answer:
    """Open a film to look at; a film or picture that is open is let go."""
    head = call.head
    call.views.close()
    model = call.models.film(head).model
    return call.reels.open(model, path_of(head, "source"), film_options(head), watch_of(call))


def frame(call: Call) -> Answer:
    """Show a frame of the open film."""
    head = call.head
    number, side, watch = _number(head, "number"), side_of(head), watch_of(call).quiet()
    alone = head.get("alone") is True
    return picture(call.reels.reel.frame(number, side, film_options(head), alone, watch))


def play(call: Call) -> Answer:
    """Show frames of the open film one after the other, as ``progress``, until it ends."""
    head, reel = call.head, call.reels.reel
    longest = _number(head, "longest", LONGEST)
    if not 0 < longest <= LONGEST:
        raise UsageError(f"longest is 1 to {LONGEST} pixels, not {longest}")
    start, last = _number(head, "start", 0), 0
    for last, shown in reel.play(start, side_of(head), film_options(head), longest, watch_of(call)):
        told, pixels = picture(shown)
        call.tell(pixels, stage="frame", number=last, **told)
    return {"number": last}, b""


def plan(call: Call) -> Answer:
    """What ``film`` would do with the open film."""
    head = call.head
    found = call.models.film(head).plan(
        call.reels.reel.film.info.path,
        path_of(head, "target"),
        film_options(head),
        film=call.reels.reel.film,
        progress=call.progress,
        cancel=call.cancel,
    )
    return {"lines": found.lines(), "frames": found.frames, "notes": list(found.notes)}, b""


def film_options(head: dict[str, Any]) -> FilmOptions:
    """Of a job: its ``options`` and its ``film``.

    Raises:
        UsageError: if something is said that can't be meant.
    """
    from photochrom.video.container.codecs import Encoding
    from photochrom.video.options import FilmOptions

    if not isinstance(head.get("film") or {}, dict):
        raise UsageError(f"the job's film is an object, not {head['film']!r}")
    said = dict(head.get("film") or {})
    try:
        if "encoding" in said:
            said["encoding"] = Encoding(**said["encoding"])
        if said.get("rate") is not None:
            said["rate"] = Fraction(said["rate"])
        for name in ("shots", "keyframes"):
            if said.get(name) is not None:
                said[name] = Path(said[name])
        return FilmOptions(colors=options_of(head.get("options")), **said)
    except (TypeError, ValueError) as error:
        raise UsageError(f"the job's film: {error}") from error


def _number(head: dict[str, Any], name: str, usual: int | None = None) -> int:
    value = head.get(name, usual)
    if type(value) is not int:
        raise UsageError(f"the job needs a {name}, a whole number, not {value!r}")
    return value
