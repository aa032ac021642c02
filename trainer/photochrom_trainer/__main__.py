"""``python -m photochrom_trainer`` is ``photochrom-train``; torchrun starts it so."""

from photochrom_trainer.cli import main

main()
