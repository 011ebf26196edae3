"""Results on disk: the metrics of each seed, and how they were made."""

import json
import platform
import time

import keras
import numpy as np
import sklearn
import tensorflow as tf

from keras_drnet.adversarial.experiments.harness import names
from keras_drnet.adversarial.experiments.harness.experiment import Results
from keras_drnet.errors import InputError
from keras_drnet.storage import files

FILE = "results.json"


def results_folder(output, name):
    """Return the folder of a system's results, or the existing one of an old name."""
    old_folders = (output / old for old, new in names.CURRENT.items() if new == name)
    for folder in (output / name, *old_folders):
        if (folder / FILE).is_file():
            return folder
    return output / name


def run_seeds(name, experiment, settings, seeds, folder):
    """Run the seeds of an experiment that have not been run yet.

    `results.json` is written after every seed, so that a kill loses one at most. The
    first seed's arrays for the drawing go to `arrays.npz`.

    Args:
        name: name of the system.
        experiment: an `Experiment`.
        settings: `Settings`.
        seeds: iterable of ints.
        folder: `pathlib.Path` of the system's results; created if missing.

    Returns:
        `Results` of all seeds that have been run, these and earlier ones.

    Raises:
        InputError: the folder has results of other settings or on other data, or
            cannot be written.
    """
    files.make_folder(str(folder))
    path = folder / FILE
    stored = _read(path, name, settings)
    for seed in seeds:
        if str(seed) in stored["seeds"]:
            continue
        print(f"{name}, seed {seed} ...", flush=True)
        start = time.monotonic()
        # For batches too: a seed gives the same results whatever ran before.
        keras.utils.set_random_seed(seed)
        outcome = experiment.run(seed, settings)
        if stored.get("data", outcome.data) != outcome.data:
            raise InputError(
                f"{path} has results on other data ({stored['data']}) than there are "
                f"now ({outcome.data}). Choose another --output_dir."
            )
        stored["seeds"][str(seed)] = {
            "minutes": (time.monotonic() - start) / 60.0,
            "rows": outcome.rows,
        }
        stored |= {"data": outcome.data, "versions": _versions()}
        if seed == 0 and outcome.arrays:
            with (
                files.atomic_write(str(folder / "arrays.npz")) as partial,
                open(partial, "wb") as file,
            ):
                np.savez_compressed(file, **outcome.arrays)
        files.write_text(str(path), json.dumps(stored, indent=2) + "\n")
    return _results(stored)


def load_results(name, settings, folder):
    """Return the `Results` of all seeds that have been run.

    Args:
        name: name of the system.
        settings: `Settings` of the results.
        folder: `pathlib.Path` of the system's results.

    Raises:
        InputError: the folder has results of other settings.
    """
    stored = _read(folder / FILE, name, settings)
    return _results(stored)


def _results(stored):
    chosen = [stored["seeds"][seed] for seed in sorted(stored["seeds"], key=int)]
    return Results(
        seeds=[seed["rows"] for seed in chosen],
        minutes=[seed["minutes"] for seed in chosen],
        data=stored["data"],
        command=stored["command"],
    )


def load_arrays(folder):
    """Return the arrays for the drawing, `{}` where there are none."""
    path = folder / "arrays.npz"
    if not path.is_file():
        return {}
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def _read(path, name, settings):
    # Results depend on which data there are, not on where they are.
    has_data = settings.data_dir is not None
    asked = {"system": name, "tiny": settings.tiny, "data_dir": has_data}
    peers = " --peers" if settings.peers_python else ""
    command = f"python -m keras_drnet.adversarial.experiments{peers} --system={name}"
    if settings.data_dir:
        command += f" --data_dir={settings.data_dir.name}"
    if settings.tiny:
        command += " --tiny"
    if not path.is_file():
        return {"settings": asked, "command": command, "seeds": {}}
    try:
        stored = json.loads(path.read_text(), object_hook=_with_current_names)
        found = stored["settings"]
        found["system"] = names.current(found["system"])
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(
            f"{path} is not a file of results: {error}. Move it away to run anew."
        ) from error
    if found != asked:
        raise InputError(
            f"{path} has results of {found}; these would be of {asked}. Choose another "
            "--output_dir."
        )
    return stored


def _with_current_names(mapping):
    return {names.current(name): value for name, value in mapping.items()}


def _versions():
    return {
        "python": platform.python_version(),
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
        "scikit-learn": sklearn.__version__,
    }
