"""Shared parts of the experiments: networks, training, records, plots, tables."""
