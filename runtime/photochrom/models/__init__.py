"""Models: what a file says of itself, where files are kept, and how they are asked for colour."""
