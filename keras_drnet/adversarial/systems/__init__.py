"""The survey's systems, each a `keras.Model` that takes an adversarial loss."""
