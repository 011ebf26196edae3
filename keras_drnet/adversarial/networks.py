"""The plain networks of experiments and estimators."""

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
        `keras.Sequential`, or `keras.Model` for a tuple of inputs.
    """
    layers = []
    for size in sizes[:-1]:
        layers.append(keras.layers.Dense(size, kernel_initializer=kernel_initializer))
        if batch_norm:
            layers.append(keras.layers.BatchNormalization())
        layers.append(keras.layers.Activation(activation))
    layers.append(keras.layers.Dense(sizes[-1], output_activation))
    if isinstance(num_inputs, int):
        return keras.Sequential([keras.Input((num_inputs,)), *layers])
    # Functional for a tuple of one too: the kind of model changes the last bits.
    inputs = [keras.Input((length,)) for length in num_inputs]
    x = keras.layers.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], x)


def build_group_adversary(num_features, contrast, hidden_sizes, activation):
    """Build an adversary of features, and where `contrast` gives it of the target.

    Args:
        num_features: length of the features.
        contrast: `GroupLabels`.
        hidden_sizes: units of the hidden layers.
        activation: see `mlp`.
    """
    targets = (contrast.num_targets,) if contrast.notion == "odds" else ()
    return mlp(
        (num_features, *targets),
        *hidden_sizes,
        contrast.num_outputs,
        activation=activation,
    )
