"""Where a person's models and what may be thrown away are kept."""

import os
from pathlib import Path

DATA_VARIABLE = "PHOTOCHROM_DATA"
"""Names the folder for a person's data, in place of the platform's; its ``cache`` is the cache."""


def data_folder() -> Path:
    """What a person would miss; the folder need not exist yet."""
    from platformdirs import user_data_path

    own = os.environ.get(DATA_VARIABLE)
    return Path(own) if own else user_data_path("photochrom", appauthor=False)


def cache_folder() -> Path:
    """What can be made again; the folder need not exist yet."""
    from platformdirs import user_cache_path

    own = os.environ.get(DATA_VARIABLE)
    return Path(own) / "cache" if own else user_cache_path("photochrom", appauthor=False)
