"""Whole archives: found, given out to workers, kept in a journal, told in a report."""
