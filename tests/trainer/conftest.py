"""PyTorch on one thread: tiny networks gain nothing from more, and a busy machine loses much."""

import torch
from hypothesis import settings

torch.set_num_threads(1)
settings.register_profile("busy machine", deadline=None)  # a training run may share the cores
settings.load_profile("busy machine")
