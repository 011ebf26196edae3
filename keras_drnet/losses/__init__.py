"""Losses as pure functions, and the four-part adversarial loss in feature space."""
