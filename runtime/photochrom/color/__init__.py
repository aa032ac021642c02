"""Colour science in NumPy: sRGB, CIE L*a*b*, CIE L*u*v*, differences and gamut. Knows only NumPy."""
