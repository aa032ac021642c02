"""Colour science in NumPy: sRGB, CIE L*a*b*, ICC tone curves, differences and gamut."""
