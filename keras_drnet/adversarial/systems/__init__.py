"""The systems of the survey, each a `keras.Model` with an adversarial loss."""
