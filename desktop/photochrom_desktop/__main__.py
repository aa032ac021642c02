"""``python -m photochrom_desktop``."""

import sys

from photochrom_desktop.app import main

sys.exit(main(sys.argv))
