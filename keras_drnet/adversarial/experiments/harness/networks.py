"""The plain network of the experiments."""

import keras


def mlp(
    num_inputs,
    *sizes,
    activation="relu",
    output_activation=None,
    kernel_initializer="glorot_uniform",
    batch_norm=False,
):
    """Build a multilayer perceptron.

    Args:
        num_inputs: length of the input, or a tuple: those of several, to be joined.
        *sizes: units of the layers, the last of which is the output.
        activation: name or function, of the hidden layers.
        output_activation: name or function.
        kernel_initializer: of the hidden layers.
        batch_norm: whether hidden layers have batch normalization.

    Returns:
        `keras.Model`.
    """
    lengths = (num_inputs,) if isinstance(num_inputs, int) else num_inputs
    inputs = [keras.Input((length,)) for length in lengths]
    x = keras.layers.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
    for size in sizes[:-1]:
        x = keras.layers.Dense(size, kernel_initializer=kernel_initializer)(x)
        if batch_norm:
            x = keras.layers.BatchNormalization()(x)
        x = keras.layers.Activation(activation)(x)
    outputs = keras.layers.Dense(sizes[-1], output_activation)(x)
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], outputs)
