"""Metrics computed from arrays: image quality, nearest neighbors, probes."""
