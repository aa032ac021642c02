"""Distances between two sets of pictures, from their features: KID and FID."""

import numpy as np

from photochrom.color.arrays import FloatImage
from photochrom_trainer.evaluation.intervals import Draws, Spread, weights

FEWEST_FOR_FID = 5000
"""With fewer pictures FID says more of their number than of their colours; KID is unbiased."""
ROWS = 1000
"""Rows of the kernel's matrix that are held at once."""


def kernel(first: FloatImage, second: FloatImage) -> FloatImage:
    """KID's kernel (x·y / d + 1)³ of every pair of rows: n x d and m x d to n x m."""
    return (first @ second.T / first.shape[1] + 1) ** 3


def kid(predicted: FloatImage, truth: FloatImage, draws: Draws) -> Spread:
    """Kernel inception distance (squared MMD, unbiased) of colourized pictures from their truths.

    Bińkowski, Sutherland, Arbel and Gretton, "Demystifying MMD GANs", ICLR 2018. Row i of both sets
    shows one picture, so the sets are not independent, and the usual estimator, which compares
    every prediction with every truth, would come out too low. This one leaves out each picture's
    own pair: the U-statistic of Gretton et al., "A Kernel Two-Sample Test", JMLR 2012, equation 4,
    ``u-statistic`` in Bińkowski's code; exactly 0 for equal sets. A draw that holds a picture twice
    leaves out that pair too, else the bootstrap would lie above the value.

    Args:
        predicted: n x d features of the predictions.
        truth: n x d features of the true pictures, in the same order.
        draws: see `photochrom_trainer.evaluation.intervals.draw`.

    Returns:
        One distance a draw; NaN for a draw with fewer than two different pictures.
    """
    x, y, often = predicted.astype(np.float64), truth.astype(np.float64), weights(draws)
    total = np.zeros(len(often))
    for start in range(0, len(x), ROWS):
        part = slice(start, start + ROWS)
        pairs = kernel(x[part], x) + kernel(y[part], y) - kernel(x[part], y) - kernel(y[part], x)
        np.fill_diagonal(pairs[:, start:], 0)
        total += ((often[:, part] @ pairs) * often).sum(axis=1)
    count = often.sum(axis=1) ** 2 - (often**2).sum(axis=1)
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def fid(predicted: FloatImage, truth: FloatImage) -> float:
    """Fréchet inception distance of two sets of features (n x d and m x d).

    Heusel et al., "GANs Trained by a Two Time-Scale Update Rule", NIPS 2017.
    """
    sets = [features.astype(np.float64) for features in (predicted, truth)]
    (mean, covariance), (true_mean, true_covariance) = (
        (features.mean(axis=0), np.cov(features, rowvar=False)) for features in sets
    )
    return frechet_distance(mean, covariance, true_mean, true_covariance)


def frechet_distance(
    mean: FloatImage, covariance: FloatImage, other_mean: FloatImage, other_covariance: FloatImage
) -> float:
    """Squared Fréchet distance |m - n|² + tr(A + B - 2 (AB)^½) of two normal distributions.

    The trace of the root is the sum of the roots of the eigenvalues of A^½ B A^½, which is
    symmetric; Dowson and Landau, "The Fréchet distance between multivariate normal distributions",
    1982.
    """
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    eigenvalues = np.linalg.eigvalsh(root @ other_covariance @ root)
    shared = np.sqrt(np.maximum(eigenvalues, 0)).sum()
    apart = ((mean - other_mean) ** 2).sum()
    return float(apart + np.trace(covariance) + np.trace(other_covariance) - 2 * shared)
