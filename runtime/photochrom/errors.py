"""Every error that photochrom raises on purpose.

::

    PhotochromError            1
    ├── UsageError             2   an option or argument that can't be meant
    ├── InputError             3   a source that can't be read or used
    │   ├── LimitError         3   it asks for more than a limit; the message names it
    │   └── UnreachableError   3   a storage does not give it at present
    ├── OutputError            4   a destination that can't be written
    ├── ModelError             5   a model that is missing, damaged or of another contract
    ├── DeviceError            6   a device or provider that can't run
    │   └── OutOfMemoryError   6   its memory does not hold what was asked of it
    ├── SomeFailedError        7   some of several items failed; each was reported
    └── CancelledError       130   the person or the calling program stopped the work

The number is the exit code of the command line. A message is one line: what, where, what to do.
"""

from typing import ClassVar

LONGEST = 1000
"""Letters of a message at most: files may hold endless names and values."""


class PhotochromError(Exception):
    """Base of all errors that photochrom raises on purpose; their message is one readable line."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str = "") -> None:
        super().__init__(_one_line(message))


def _one_line(message: str) -> str:
    """A message without line ends; one that is too long keeps its beginning and its end."""
    if len(message) > LONGEST:
        message = f"{message[: LONGEST // 4]} … {message[-LONGEST * 2 // 3 :]}"
    return message if len(message.splitlines()) < 2 else "\\n".join(message.splitlines())


class UsageError(PhotochromError):
    """An option or argument that can't be meant."""

    exit_code = 2


class InputError(PhotochromError):
    """A source that can't be read or used."""

    exit_code = 3


class LimitError(InputError):
    """A source that asks for more than a limit (`photochrom.limits`)."""


class UnreachableError(InputError):
    """A storage does not give a source at present; another moment may do."""


class OutputError(PhotochromError):
    """A destination that can't be written."""

    exit_code = 4


class ModelError(PhotochromError):
    """A model that is missing, damaged or of another contract."""

    exit_code = 5


class DeviceError(PhotochromError):
    """A device or execution provider that can't run."""

    exit_code = 6


class OutOfMemoryError(DeviceError):
    """A device's memory does not hold what was asked of it; less at a time may work."""


class SomeFailedError(PhotochromError):
    """Some of several items failed; each failure was reported when it happened."""

    exit_code = 7


class CancelledError(PhotochromError):
    """The person or the calling program stopped the work."""

    exit_code = 130
