"""Data sets, one file each: readers and generators of clips, and tables."""
