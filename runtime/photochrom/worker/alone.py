"""One task for a worker of its own, which limits hold and which ends with it."""

from __future__ import annotations

from typing import Any

from photochrom import errors
from photochrom.errors import PhotochromError
from photochrom.limits import Limits
from photochrom.worker.client import Refused, Worker, WorkerError, own_argv, own_environment


def asked(task: str, **said: Any) -> dict[str, Any]:
    """What a worker answers; it is held to the limits for files that nobody has to trust.

    Raises:
        PhotochromError: the worker's own error, or that it ended.
    """
    limits = Limits.from_environment()
    try:
        with Worker(own_argv(), own_environment(), limits) as worker:
            worker.hello()
            return worker.call(task, **said)[0]
    except Refused as error:
        raise error_of(error) from error
    except WorkerError as error:
        raise PhotochromError(str(error).splitlines()[0]) from error


def error_of(refused: Refused) -> PhotochromError:
    """The same error as the worker had."""
    kind = getattr(errors, refused.kind, PhotochromError)
    return (
        kind(str(refused)) if issubclass(kind, PhotochromError) else PhotochromError(str(refused))
    )
