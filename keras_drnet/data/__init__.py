"""Clips and the batches made of them: `load` opens a data set by its name."""
