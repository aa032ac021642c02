"""Pictures, crops, simulated hints and simulated old photographs for training."""
