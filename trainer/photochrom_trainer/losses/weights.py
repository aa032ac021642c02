"""How much each term of the generator's loss counts."""

from dataclasses import dataclass

from pydantic import ConfigDict

from photochrom.errors import UsageError

ADVERSARIAL_FORMS = ("vanilla", "least-squares", "hinge")


@dataclass(frozen=True)
class LossWeights:
    """Factors of the terms; a term at 0 is not computed."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    l1: float = 1.0
    """Mean absolute difference of chroma over the scale. pix2pix (arXiv:1611.07004, equation 4)
    has 100 beside an adversarial 1."""
    psnr: float = 0.0
    """Minus the mean PSNR in bels of the rendered pictures: HINet's loss (arXiv:2105.06086,
    section 3.3) over 10. Each picture counts by the ratio of its error, not by its size."""
    perceptual: float = 0.0
    """Mean absolute difference of EfficientNet-Lite0's features, after Johnson et al.
    (arXiv:1603.08155); DDColor (arXiv:2212.11613, section 3.4) has 5 beside an L1 of 0.1."""
    colorfulness: float = 0.0
    """Lack of colourfulness (Hasler and Süsstrunk 2003) over 100, below what the truth has.
    DDColor has 0.5 on the same measure without the truth as its limit."""
    adversarial: float = 0.0
    """The discriminator's verdict: 1 in pix2pix and in DDColor."""
    adversarial_form: str = "vanilla"
    """``vanilla`` (Goodfellow et al., arXiv:1406.2661, non-saturating), ``least-squares`` (Mao et
    al., arXiv:1611.04076) or ``hinge`` (Lim and Ye, arXiv:1705.02894)."""
    classes: float = 0.0
    """Cross-entropy of the classes of `lite-classes`, in nats: the only term of Zhang et al.
    (arXiv:1603.08511, equation 2), who also give rare colours more weight."""

    def __post_init__(self) -> None:
        if self.adversarial_form not in ADVERSARIAL_FORMS:
            raise UsageError(
                f"adversarial_form is {', '.join(ADVERSARIAL_FORMS)}, not {self.adversarial_form!r}"
            )
        terms = [value for value in vars(self).values() if not isinstance(value, str)]
        if min(terms) < 0 or max(terms) == 0:
            raise UsageError("loss weights must not be below 0, and one must be above 0")
