"""Filters > Colorize in GIMP 3. GIMP runs `photochrom_gimp.py`; nothing imports this package."""
