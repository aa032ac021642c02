"""Large pictures in tiles that agree with one another."""
