"""PyTorch on one thread: tiny networks gain nothing from more, and a busy machine loses much."""

import torch

torch.set_num_threads(1)
