"""The mark of coloured pictures in GIMP's metadata: IPTC's DigitalSourceType. No gi."""

from __future__ import annotations

import re

TAG = "Xmp.iptcExt.DigitalSourceType"
VALUE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia"
EMPTY = '<?xml version="1.0" encoding="UTF-8"?>\n<metadata>\n</metadata>\n'
_OLD = re.compile(rf'\s*<tag name="{re.escape(TAG)}">[^<]*</tag>')


def marked(metadata: str | None) -> str:
    """GIMP's metadata, as it writes them down, with the mark; a mark that was there goes.

    Args:
        metadata: XML of `Gimp.Metadata.serialize`; None: there are none.

    Raises:
        ValueError: if it is something else.
    """
    kept = _OLD.sub("", metadata or EMPTY)
    head, end, tail = kept.rpartition("</metadata>")
    if not end:
        raise ValueError("GIMP's metadata are of a kind that photochrom does not know")
    return f'{head}  <tag name="{TAG}">{VALUE}</tag>\n{end}{tail}'
