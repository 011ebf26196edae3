"""The inference graph, which computes what depends on content alone only once."""
