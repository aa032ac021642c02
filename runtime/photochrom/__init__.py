"""photochrom colorizes black-and-white photographs.

>>> from photochrom import Colorizer, Options
>>> Colorizer().colorize_file("scan.tif", "scan.color.tif", Options(saturation=1.1))
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from photochrom.colorizer import Colorizer as Colorizer
    from photochrom.options import Options as Options
    from photochrom.options import Point as Point

__version__ = "0.1.0"
__all__ = ["Colorizer", "Options", "Point", "__version__"]

_HOMES = {
    "Colorizer": "photochrom.colorizer",
    "Options": "photochrom.options",
    "Point": "photochrom.options",
}


def __getattr__(name: str) -> Any:
    """Import the public classes when first asked for, so that ``photochrom --help`` stays quick."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'photochrom' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
