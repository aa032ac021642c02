# For type checkers. Installing puts photochrom's own client.py and frames.py here.
