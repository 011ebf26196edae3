"""How the experiments train: the same for all rows of an experiment."""

import keras


def fit(model, data, num_steps, *optimizers, **kwargs):
    """Compile and train a model.

    Args:
        model: `keras.Model`.
        data: endless batches.
        num_steps: number of batches to train on.
        *optimizers: those of the model, in the order that its `compile` takes them.
        **kwargs: other arguments of `compile`.

    Returns:
        The model.
    """
    model.compile(*optimizers, **kwargs)
    model.fit(data, steps_per_epoch=num_steps, shuffle=False, verbose=0)
    return model


def decaying_adam(learning_rate, num_steps, **kwargs):
    """Return Adam whose learning rate falls to 0, so that adversarial training settles.

    Args:
        learning_rate: rate at step 0.
        num_steps: steps of a half cosine down to 0.
        **kwargs: other arguments of `keras.optimizers.Adam`.
    """
    schedule = keras.optimizers.schedules.CosineDecay(learning_rate, num_steps)
    return keras.optimizers.Adam(schedule, **kwargs)


def run_rows(seed, rows, run_row):
    """Run the rows of an experiment, each from the same random state.

    Args:
        seed: seed of weights and noise.
        rows: by name of row, keyword arguments of `run_row`.
        run_row: function of a row's name and these, which trains and returns metrics.

    Returns:
        The metrics, by name of row.
    """
    metrics = {}
    for name, arguments in rows.items():
        keras.utils.set_random_seed(seed)
        metrics[name] = run_row(name, **arguments)
    return metrics
