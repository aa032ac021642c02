"""``python -m photochrom_exporters`` is ``photochrom-export``."""

from photochrom_exporters.cli import main

main()
