"""Films as files: what is in one, its frames, encoders, and how everything else is copied."""
