"""From clips to batches: windows, shards, sampling."""
