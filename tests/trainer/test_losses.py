"""Losses against formulas written out by hand, and against the runtime's measures."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from photochrom import metrics
from photochrom.color import spaces
from photochrom.errors import UsageError
from photochrom_trainer.losses import adversarial
from photochrom_trainer.losses.classes import classes_loss
from photochrom_trainer.losses.objective import Objective, Sight, weighted_sum
from photochrom_trainer.losses.perceptual import PerceptualLoss
from photochrom_trainer.losses.pictures import colorfulness, colorfulness_loss, psnr_loss
from photochrom_trainer.losses.rendering import render
from photochrom_trainer.losses.weights import ADVERSARIAL_FORMS, LossWeights

LOGITS = torch.tensor([-2.0, 0.5, 3.0])


def log_sigmoid(value: float) -> float:
    return -math.log(1 + math.exp(-value))


EXPECTED = {
    "vanilla": (
        [-log_sigmoid(v) for v in LOGITS.tolist()],
        [-log_sigmoid(-v) for v in LOGITS.tolist()],
        [-log_sigmoid(v) for v in LOGITS.tolist()],
    ),
    "least-squares": ([9.0, 0.25, 4.0], [4.0, 0.25, 9.0], [9.0, 0.25, 4.0]),
    "hinge": ([3.0, 0.5, 0.0], [0.0, 1.5, 4.0], [2.0, -0.5, -3.0]),
}


@pytest.mark.parametrize("form", ADVERSARIAL_FORMS)
def test_adversarial_forms_are_the_papers(form: str) -> None:
    sides = adversarial.on_truth, adversarial.on_prediction, adversarial.on_deceit
    for side, expected in zip(sides, EXPECTED[form], strict=True):
        assert float(side(form, LOGITS)) == pytest.approx(sum(expected) / 3, rel=1e-6)


def photographs(count: int, seed: int = 0) -> Tensor:
    return torch.rand(count, 3, 24, 32, generator=torch.Generator().manual_seed(seed))


def as_uint8(picture: Tensor) -> np.ndarray:
    return np.rint(picture.permute(1, 2, 0).numpy() * 255).astype(np.uint8)


def test_colorfulness_is_the_runtimes() -> None:
    pictures = (photographs(4) * 255).round() / 255
    expected = [metrics.colorfulness(as_uint8(picture)) for picture in pictures]
    assert colorfulness(pictures).tolist() == pytest.approx(expected, rel=1e-3)


def test_the_psnr_loss_falls_as_psnr_rises() -> None:
    truth = (photographs(3) * 255).round() / 255
    ours = ((truth + 0.2 * (photographs(3, 1) - 0.5)).clamp(0, 1) * 255).round() / 255
    expected = [
        metrics.psnr(as_uint8(one), as_uint8(other)) for one, other in zip(ours, truth, strict=True)
    ]
    # 1e-4 of noise takes 0.03 bels from a picture at 26 dB.
    assert -10 * float(psnr_loss(ours, truth)) == pytest.approx(np.mean(expected), abs=0.4)


@pytest.mark.parametrize("loss", [psnr_loss, colorfulness_loss])
def test_grey_and_perfect_pictures_have_finite_slopes(loss: object) -> None:
    for start in (torch.full((1, 3, 24, 32), 0.5), photographs(1)):
        picture = start.clone().requires_grad_(True)
        loss(picture, photographs(1)).backward()  # type: ignore[operator]
        assert picture.grad is not None
        assert picture.grad.isfinite().all()


def test_more_colour_than_the_truth_has_costs_nothing_and_gains_nothing() -> None:
    dull = photographs(2) * 0.2 + 0.4
    assert float(colorfulness_loss(photographs(2), dull)) == 0
    assert float(colorfulness_loss(dull, photographs(2))) > 0.1


@settings(max_examples=20)
@given(seed=st.integers(0, 1000), space=st.sampled_from(spaces.COLOR_SPACES))
def test_rendering_is_the_runtimes(seed: int, space: spaces.ColorSpace) -> None:
    """sRGB taken apart by the runtime's colour code and rendered again here is the same sRGB."""
    picture = np.random.default_rng(seed).uniform(0.02, 1, (8, 8, 3)).astype(np.float32)
    planes = torch.from_numpy(spaces.from_srgb(picture, space)).permute(2, 0, 1)[None]
    scale = spaces.SCALES[space]
    again = render(planes[:, :1] / 100, planes[:, 1:] / scale, space, scale)
    np.testing.assert_allclose(again[0].permute(1, 2, 0).numpy(), picture, atol=4e-3)


@pytest.fixture(scope="module")
def perceptual() -> PerceptualLoss:
    return PerceptualLoss().train()


def test_the_perceptual_loss_tells_colours_apart(perceptual: PerceptualLoss) -> None:
    truth = torch.rand(2, 3, 40, 40, generator=torch.Generator().manual_seed(0))
    grey = truth.mean(dim=1, keepdim=True).expand(-1, 3, -1, -1)
    halfway = (truth + grey) / 2
    assert float(perceptual(truth, truth)) == 0
    assert float(perceptual(grey, truth)) > float(perceptual(halfway, truth)) > 0


def test_the_perceptual_features_stay_as_they_are(perceptual: PerceptualLoss) -> None:
    assert not any(module.training for module in perceptual.modules())
    assert not any(parameter.requires_grad for parameter in perceptual.parameters())


SIGHT = Sight(
    torch.full((2, 1, 32, 32), 0.5), torch.zeros(2, 3, 32, 32), torch.rand(2, 2, 32, 32) * 0.2
)


def test_only_weighted_terms_are_computed_and_their_sum_is_weighted() -> None:
    weights = LossWeights(l1=2.0, colorfulness=3.0, adversarial=0.5)
    objective = Objective("lab", 110.0, perceptual=False)
    terms = objective(SIGHT.chroma * 0.5, SIGHT, weights, lambda chroma: chroma.mean((1, 2, 3)))
    assert terms.keys() == {"l1", "colorfulness", "adversarial"}
    expected = 2 * terms["l1"] + 3 * terms["colorfulness"] + 0.5 * terms["adversarial"]
    assert float(weighted_sum(terms, weights)) == pytest.approx(float(expected))


def test_every_term_has_slopes_for_the_prediction() -> None:
    weights = LossWeights(1.0, 1.0, 1.0, 1.0, 1.0, "hinge")
    predicted = (SIGHT.chroma * 0.5).requires_grad_(True)
    objective = Objective("lab", 110.0, perceptual=True)
    for name, term in objective(predicted, SIGHT, weights, lambda chroma: chroma.sum()).items():
        (slope,) = torch.autograd.grad(term, predicted, retain_graph=True)
        assert slope.abs().sum() > 0, name


@settings(max_examples=25, deadline=None)
@given(place=st.tuples(st.floats(-1, 1), st.floats(-1, 1)))
def test_the_best_distribution_over_classes_has_the_truth_as_its_mean(
    place: tuple[float, float],
) -> None:
    truth = torch.tensor(place).reshape(1, 2, 1, 1)
    logits = torch.zeros(1, 25, 1, 1, requires_grad=True)
    (slope,) = torch.autograd.grad(classes_loss(logits, truth), logits)
    # The slope of a cross-entropy is the distribution that was given less the one that is wanted.
    wanted = (torch.full((25,), 1 / 25) - slope.flatten()).reshape(5, 5)
    assert float(wanted.min()) > -1e-6
    axis = torch.linspace(-1, 1, 5)
    mean = float((wanted.sum(1) * axis).sum()), float((wanted.sum(0) * axis).sum())
    assert mean == pytest.approx(place, abs=1e-5)


def test_classes_that_are_sure_and_right_cost_nothing() -> None:
    logits = torch.full((1, 25, 1, 1), -100.0)
    logits[0, 3 * 5 + 1] = 100.0
    assert float(classes_loss(logits, torch.tensor([0.5, -0.5]).reshape(1, 2, 1, 1))) == 0
    assert float(classes_loss(logits, torch.tensor([-0.5, 0.5]).reshape(1, 2, 1, 1))) == 200


@pytest.mark.parametrize(
    ("values", "message"),
    [({"l1": -1.0}, "below 0"), ({"l1": 0.0}, "above 0"), ({"adversarial_form": "wgan"}, "hinge")],
)
def test_weights_that_cannot_be_meant_are_refused(values: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        LossWeights(**values)  # type: ignore[arg-type]
