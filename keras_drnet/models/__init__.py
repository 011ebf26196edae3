"""Networks and roll-outs, on any Keras backend: `keras.ops` and layers alone."""
