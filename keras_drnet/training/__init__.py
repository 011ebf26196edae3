"""Training: the models with their steps, and the stages of a run."""
