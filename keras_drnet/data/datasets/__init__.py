"""Data sets, a file each: what reads or draws their clips."""
