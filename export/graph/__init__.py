"""The inference graph, in which what depends on content alone is computed once."""
