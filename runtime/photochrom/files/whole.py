"""Files that appear whole or not at all. Nothing heavy: trainer and exporters use it too."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from photochrom.errors import OutputError


@contextmanager
def whole_file(target: Path) -> Iterator[Path]:
    """A temporary file beside `target`; at the end of the block it is made durable and renamed.

    Yields:
        The temporary file's path, with the target's ending; it exists and is empty.

    Raises:
        OutputError: if it can't be written. On any error an older `target` stays as it was.
    """
    # cut, as the target's own name may be as long as names can be
    name = f".{target.stem[:40]}.partial-{secrets.token_hex(4)}{target.suffix}"
    temporary = target.with_name(name)
    try:
        temporary.open("xb").close()
    except OSError as error:
        raise OutputError(f"can't write into {target.parent}: {error.strerror}") from error
    try:
        yield temporary
        _make_durable(temporary)
        temporary.replace(target)
    except OSError as error:
        raise OutputError(f"can't write {target}: {error.strerror or error}") from error
    finally:
        temporary.unlink(missing_ok=True)


def _make_durable(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
