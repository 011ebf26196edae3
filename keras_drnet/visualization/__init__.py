"""Pictures, videos and plots: arrays in, files out."""
