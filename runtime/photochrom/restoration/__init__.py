"""Restoration of scans: negatives, fading, tone, dust and scratches, grain."""
