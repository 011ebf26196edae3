"""The plain networks of experiments and estimators."""

import keras


def mlp(
    num_inputs,
    *sizes,
    activation="relu",
    output_activation=None,
    kernel_initializer="glorot_uniform",
    batch_norm=False,
    initialize=None,
):
    """Build a multilayer perceptron.

    Args:
        num_inputs: length of the input, or a tuple: those of several, to be joined.
        *sizes: units of the layers, the last of which is the output.
        activation: name or function, of the hidden layers.
        output_activation: name or function.
        kernel_initializer: of the hidden layers.
        batch_norm: whether hidden layers have batch normalization.
        initialize: function of the number of a layer's inputs to the initializer of all
            its weights, such as `fan_in_uniform`; in place of `kernel_initializer`.

    Returns:
        `keras.Sequential`, or `keras.Model` for a tuple of inputs.
    """
    layers, width = [], num_inputs if isinstance(num_inputs, int) else sum(num_inputs)
    for size in sizes[:-1]:
        initial = _initializers(initialize, width, kernel_initializer)
        layers.append(keras.layers.Dense(size, **initial))
        if batch_norm:
            layers.append(keras.layers.BatchNormalization())
        layers.append(keras.layers.Activation(activation))
        width = size
    initial = _initializers(initialize, width, "glorot_uniform")
    layers.append(keras.layers.Dense(sizes[-1], output_activation, **initial))
    if isinstance(num_inputs, int):
        return keras.Sequential([keras.Input((num_inputs,)), *layers])
    # Functional for a tuple of one too: the kind of model changes the last bits.
    inputs = [keras.Input((length,)) for length in num_inputs]
    x = keras.layers.Concatenate()(inputs) if len(inputs) > 1 else inputs[0]
    for layer in layers:
        x = layer(x)
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], x)


def fan_in_uniform(num_inputs):
    """Return the initializer of PyTorch's layers, for kernels and biases alike.

    It is uniform within the inverse square root of the number of inputs.
    """
    bound = num_inputs**-0.5
    return keras.initializers.RandomUniform(-bound, bound)


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


def _initializers(initialize, num_inputs, kernel_initializer):
    """Return the initializers of a layer, as arguments of `Dense`."""
    if initialize is None:
        return {"kernel_initializer": kernel_initializer}
    # Not one object for both: it would draw the same numbers again.
    return {
        "kernel_initializer": initialize(num_inputs),
        "bias_initializer": initialize(num_inputs),
    }
