"""Numbers from arrays: image quality, nearest neighbors, probes. Imports nothing of ours."""
