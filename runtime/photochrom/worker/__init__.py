"""A process that works for another program, over its standard input and output."""
