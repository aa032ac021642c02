"""Lightness and chroma as sRGB, in PyTorch, so that losses can look at what people see."""

import torch
from kornia.color import lab_to_rgb, luv_to_rgb
from torch import Tensor

from photochrom.color.spaces import ColorSpace


def render(luminance: Tensor, chroma: Tensor, space: ColorSpace, scale: float) -> Tensor:
    """Encoded sRGB (N x 3 x H x W in 0..1); what is out of gamut is clipped.

    Args:
        luminance: N x 1 x H x W, L*/100.
        chroma: N x 2 x H x W over the scale.
        space: what chroma is.
        scale: chroma that 1 stands for.
    """
    planes = torch.cat((luminance * 100, chroma * scale), dim=1).float()
    return lab_to_rgb(planes) if space == "lab" else luv_to_rgb(planes).clamp(0, 1)
