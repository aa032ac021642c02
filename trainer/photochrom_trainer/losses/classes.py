"""Cross-entropy of a grid of chroma classes (`photochrom_trainer.networks.classes`)."""

import torch
from torch import Tensor


def classes_loss(logits: Tensor, chroma: Tensor) -> Tensor:
    """Mean cross-entropy in nats; the truth is shared out to the four corners around.

    So its mean over the grid is the truth itself, where Zhang et al. (arXiv:1603.08511, section
    2.1) weight five neighbours by their distance.

    Args:
        logits: N x S*S x h x w, the first chroma's corners outermost, each side from -1 to 1.
        chroma: N x 2 x h x w over the scale; what lies outside -1..1 counts as the border.
    """
    side = round(logits.shape[1] ** 0.5)
    place = (chroma.clamp(-1, 1) + 1) * (side - 1) / 2
    low = place.floor().clamp(max=side - 2)
    part = place - low
    score = torch.zeros_like(chroma[:, :1])
    for first in (0, 1):
        for second in (0, 1):
            corner = ((low[:, :1] + first) * side + low[:, 1:] + second).long()
            share = (1 - first - part[:, :1]).abs() * (1 - second - part[:, 1:]).abs()
            score = score + share * logits.gather(1, corner)
    return (torch.logsumexp(logits, dim=1, keepdim=True) - score).mean()
