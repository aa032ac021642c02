"""Training and evaluation of photochrom's generators, in PyTorch."""
