"""Numbers from arrays: image quality, nearest neighbors, probes."""
