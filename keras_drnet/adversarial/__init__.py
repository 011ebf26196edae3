"""Adversarial losses in feature space: one abstraction, and the systems built on it."""
