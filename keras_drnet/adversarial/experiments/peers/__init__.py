"""Comparisons with the systems of other libraries, on the same data."""
