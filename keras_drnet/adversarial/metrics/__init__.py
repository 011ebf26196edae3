"""Metrics of codes and predictions, of new networks and never of the adversary."""
