"""Names that the command line needs before anything heavy is loaded."""

DEFAULT_MODEL = "lite-unet"
"""The model that ships with photochrom."""
