"""The folder of a saved estimator: Keras' own file of its model, and one of JSON."""

import numbers

import keras
import numpy as np

from keras_drnet.checks.json_input import parse_json
from keras_drnet.errors import InputError
from keras_drnet.storage import files, json_text

MODEL, DESCRIPTION = "model.keras", "estimator.json"
FORMAT = 1


def write(path, model, name, parameters, fitted):
    """Write a folder; one that is there is replaced.

    Args:
        path: the folder.
        model: a `keras.Model`.
        name: name of the estimator's class.
        parameters: dict of what its constructor takes.
        fitted: dict of its fitted attributes: numbers, arrays and lists of arrays.

    Raises:
        InputError: the `random_state` is a generator, which has no place in JSON.
    """
    seed = parameters.get("random_state")
    if not (seed is None or isinstance(seed, numbers.Integral)):
        raise InputError(
            f"random_state is a {type(seed).__name__}, which cannot be saved; set it "
            "to a whole number or None first."
        )
    description = {
        "format": FORMAT,
        "estimator": name,
        "parameters": keras.saving.serialize_keras_object(parameters),
        "fitted": {key: _to_json(value) for key, value in fitted.items()},
    }
    with files.atomic_folder(path) as folder:
        model.save(str(folder / MODEL))
        text = json_text.dumps(description)
        (folder / DESCRIPTION).write_text(text, encoding="utf-8")


def read(path, name):
    """Return the model, the parameters and the fitted attributes in a folder.

    Args:
        path: what `write` wrote.
        name: name of the class that is expected.

    Raises:
        InputError: there is none, or it is of another class or a newer version.
    """
    try:
        description = parse_json(files.read_text(f"{path}/{DESCRIPTION}"))
        found = description["format"], description["estimator"]
        parameters, fitted = description["parameters"], description["fitted"]
    except (OSError, KeyError, TypeError, InputError) as error:
        raise InputError(
            f"No estimator in {path}; expected a folder that `save` has written."
        ) from error
    if found != (FORMAT, name):
        raise InputError(
            f"{path} holds a {found[1]} of format {found[0]}; expected a {name} of "
            f"format {FORMAT}."
        )
    return (
        keras.saving.load_model(f"{path}/{MODEL}"),
        {
            # JSON has no tuples.
            key: tuple(value) if isinstance(value, list) else value
            for key, value in keras.saving.deserialize_keras_object(parameters).items()
        },
        {key: _from_json(value) for key, value in fitted.items()},
    )


def _to_json(value):
    if isinstance(value, np.ndarray):
        return {"dtype": value.dtype.str, "values": value.tolist()}
    return [_to_json(one) for one in value] if isinstance(value, list) else value


def _from_json(value):
    if isinstance(value, dict):
        return np.array(value["values"], value["dtype"])
    return [_from_json(one) for one in value] if isinstance(value, list) else value
