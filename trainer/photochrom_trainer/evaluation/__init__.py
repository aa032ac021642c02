"""Measuring generators: numbers, curves, tables and sheets."""
