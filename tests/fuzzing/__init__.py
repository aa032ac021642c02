"""Hostile files: mutated inputs for every parser, and what must hold whatever comes."""
