"""All that a person says of a picture's colours, in one plane of hints."""

from photochrom.color.arrays import FloatImage
from photochrom.hints import draw, layer
from photochrom.options import Options


def composed(options: Options, height: int, width: int) -> FloatImage:
    """Points on top of the layer, and that on top of strokes, for an upright picture of this size.

    Returns:
        3 x height x width float32: a*, b* and confidence 0..1.
    """
    hints = draw.from_strokes(options.strokes, height, width)
    if options.layer is not None:
        hints = draw.over(layer.draw(options.layer, height, width), hints)
    return draw.over(draw.from_points(options.points, height, width), hints)
