"""What every generator is to the rest of the trainer."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from torch import Tensor, nn

HINT_CHANNELS = 3
"""Two chroma channels and a confidence."""


class Generator(nn.Module, ABC):
    """``G(luminance, hints) -> chroma``.

    `forward` takes luminance (N x 1 x H x W float, L*/100 in 0..1) and hints (N x 3 x H x W float:
    both chroma channels over the scale, and confidence 0..1), and returns chroma over the scale
    (N x 2 x H/s x W/s float in -1..1), with s the `output_stride`. Whether that chroma is a*b* or
    u*v* is up to the data that it was trained on.
    """

    output_stride: int
    """Input side over output side."""
    multiple: int
    """Input sides must be divisible by this."""
    takes_hints: bool = True
    """Whether `forward` looks at its hints."""
    feature_stride: int = 0
    """Input side over the side of the features that `with_features` tells; 0: it has none."""

    @abstractmethod
    def forward(self, luminance: Tensor, hints: Tensor) -> Tensor:
        """Predict chroma."""

    def with_features(self, luminance: Tensor, hints: Tensor) -> tuple[Tensor, Tensor]:
        """Chroma as `forward` has it, and what the network saw at each place.

        Returns:
            chroma, and N x F x H/t x W/t float with t the `feature_stride`: vectors of length 1
            along F, whose products say how alike two places are, of two pictures too.
        """
        raise NotImplementedError

    def load_pretrained(self) -> None:
        """Start from weights that were trained for something else, if there are any."""

    def pretrained_parameters(self) -> Iterable[nn.Parameter]:
        """What `load_pretrained` fills; it is trained at a lower rate than the rest."""
        return ()
