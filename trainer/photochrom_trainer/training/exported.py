"""A run that starts from an exported model: the file alone is enough."""

from itertools import islice
from pathlib import Path

from torch import Tensor
from torch.utils.data import DataLoader

from photochrom.errors import UsageError
from photochrom.models.checksum import verify
from photochrom_trainer.config import TrainConfig
from photochrom_trainer.data.loading import plain_errors
from photochrom_trainer.data.pictures import Crops
from photochrom_trainer.networks.folding import load_folded, restore_statistics
from photochrom_trainer.networks.registry import build

BATCH = 32
BATCHES = 16
"""Crops that statistics are measured on: few next to training's, many next to one batch's."""


def exported_weights(path: Path, config: TrainConfig, crops: Crops) -> dict[str, Tensor]:
    """Weights of an exported model, with batch norms fit for training as `config` asks.

    Raises:
        InputError: if there are no pictures to measure statistics on.
        ModelError: if the file is damaged, or holds another network.
        UsageError: if it is another program's network, or answers in another colour space.
    """
    manifest = verify(path)
    if manifest.kind != "native":
        raise UsageError(f"{path} is a {manifest.kind} network; only photochrom's own train on")
    if manifest.color_space != config.color_space:
        raise UsageError(
            f"{path} gives {manifest.color_space} chroma; set color_space in the configuration"
        )
    network = build(config.network)
    load_folded(network, path)
    if not config.freeze_normalization:
        with plain_errors():
            batches = islice(DataLoader(crops, BATCH), BATCHES)
            restore_statistics(network, ((light, hints) for light, hints, _ in batches))
    return network.state_dict()
