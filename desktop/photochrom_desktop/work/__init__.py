"""Worker processes, as signals."""
