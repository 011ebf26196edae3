"""Checkpoints of a training stage, safe against any kill.

    drnet/step_00000500/            a checkpoint
      content_encoder.npz           one file per network: an array for each variable
      ...
      state.npz                     training state: optimizers, ...
      checkpoint.json               step, time, versions, SHA-256 of every file

A checkpoint is written to a temporary sibling folder, then renamed, so a folder with
its final name is complete. Checksums are verified before anything is read. Weights
are in NumPy's format, not HDF5: the HDF5 library crashes the process when the disk is
full.
"""

import io
import json
import pathlib
import platform
import shutil

import keras
import numpy as np
from absl import logging

from keras_drnet.errors import InputError
from keras_drnet.storage.files import atomic_folder, sha256

MANIFEST_FILE = "checkpoint.json"
STATE_FILE = "state.npz"
NUM_KEPT = 2  # The last one, and one to fall back on if that is damaged.


class Checkpoints:
    """Checkpoints of one stage, `step_<n>` folders in a folder."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def steps(self):
        """Return the steps of the checkpoints, oldest first."""
        names = [path.name for path in self.folder.glob("step_*") if path.is_dir()]
        return sorted(int(n[5:]) for n in names if n[5:].isdecimal())

    def progress(self):
        """Return `(steps, seconds)` of training up to the newest checkpoint.

        Seconds are wall-clock time, summed over interruptions; 0 if a checkpoint
        lacks it.
        """
        for step in reversed(self.steps()):
            if not _find_damage(self._path(step)):
                manifest = json.loads((self._path(step) / MANIFEST_FILE).read_bytes())
                return step, float(manifest.get("seconds", 0.0))
        return 0, 0.0

    def save(self, step, weights, state=None, *, dtype=None, seconds=0.0):
        """Write a checkpoint and remove the oldest, all but `NUM_KEPT`.

        Args:
            step: steps trained so far.
            weights: dict of a network's name to list of its variables.
            state: dict of name to list of variables that training needs to resume;
                `None` for a checkpoint that is not to be trained further.
            dtype: NumPy type of the stored weights; `None` = unchanged.
            seconds: training time so far.

        Raises:
            InputError: the disk is full or read-only; older checkpoints are kept.
        """
        path = self._path(step)
        try:
            with atomic_folder(path) as folder:
                for name, variables in weights.items():
                    arrays = _weights_arrays(variables, dtype)
                    _write_arrays(folder / f"{name}.npz", arrays)
                if state is not None:
                    _write_arrays(folder / STATE_FILE, _state_arrays(state))
                _write_manifest(folder, step, seconds)
        except OSError as error:
            raise InputError(
                f"Cannot write the checkpoint {path}: {error}. Earlier checkpoints "
                "are kept; make room and start again to go on."
            ) from error
        for old in self.steps()[:-NUM_KEPT]:
            shutil.rmtree(self._path(old), ignore_errors=True)

    def restore(self, weights, state=None):
        """Load the newest undamaged checkpoint.

        Args:
            weights: dict of a network's name to list of its variables, which are set.
            state: dict of name to list of variables to set, or `None`.

        Returns:
            The checkpoint's step, or 0 if there is none.

        Raises:
            InputError: all checkpoints are damaged, or they are of other networks.
        """
        steps = self.steps()
        for step in reversed(steps):
            damage = _find_damage(self._path(step))
            if damage:
                logging.warning(
                    "The checkpoint %s is damaged: %s. Using the one before.",
                    self._path(step),
                    damage,
                )
                continue
            self._load(self._path(step), weights, state)
            return step
        if steps:
            raise InputError(
                f"Every checkpoint in {self.folder} is damaged; remove the folder to "
                "train this stage from the start."
            )
        return 0

    def _load(self, path, weights, state):
        for name, variables in weights.items():
            by_path = {variable.path: variable for variable in variables}
            _assign(by_path, path / f"{name}.npz")
        if state is not None:
            if not (path / STATE_FILE).is_file():
                raise InputError(
                    f"{path} is part of a released copy: it has no {STATE_FILE} and "
                    "cannot be trained further. Train the original run, or start a new "
                    "one."
                )
            variables = {
                _state_key(name, i): variable
                for name, group in state.items()
                for i, variable in enumerate(group)
            }
            _assign(variables, path / STATE_FILE)

    def _path(self, step):
        return self.folder / f"step_{step:08d}"


def _state_key(name, index):
    return f"{name}/{index:04d}"


def _weights_arrays(weights, dtype):
    return {
        w.path: keras.ops.convert_to_numpy(w).astype(dtype or w.dtype) for w in weights
    }


def _state_arrays(state):
    return {
        _state_key(name, i): keras.ops.convert_to_numpy(variable)
        for name, variables in state.items()
        for i, variable in enumerate(variables)
    }


def _write_arrays(path, arrays):
    # Built in memory: a half-written archive would raise again when it is collected.
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    path.write_bytes(buffer.getbuffer())


def _assign(variables, path):
    """Set variables, by name, to the arrays of a file."""
    with np.load(path, allow_pickle=False) as arrays:
        unmatched = sorted(set(variables) ^ set(arrays.files))
        if unmatched:
            raise InputError(
                f"{path} was written for another configuration, or with loss scaling "
                f"(mixed_float16) and read without it: {unmatched[0]!r} is "
                f"{'missing there' if unmatched[0] in variables else 'unknown here'}."
            )
        for name, variable in variables.items():
            if arrays[name].shape != tuple(variable.shape):
                raise InputError(
                    f"{path} was written for another configuration: {name!r} has "
                    f"shape {arrays[name].shape} there, {tuple(variable.shape)} here."
                )
        for name, variable in variables.items():
            variable.assign(arrays[name])


def _write_manifest(folder, step, seconds):
    manifest = {
        "step": step,
        "seconds": round(seconds, 1),
        "files": {
            path.name: {"bytes": path.stat().st_size, "sha256": sha256(path)}
            for path in sorted(folder.iterdir())
        },
        "versions": {
            "python": platform.python_version(),
            "keras": keras.version(),
            "backend": keras.backend.backend(),
        },
    }
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2))


def _find_damage(folder):
    """Return what is wrong with a checkpoint, or `None`."""
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_bytes())
        for name, expected in manifest["files"].items():
            path = folder / name
            size = path.stat().st_size
            if size != expected["bytes"]:
                return f"{name} has {size} bytes, expected {expected['bytes']}"
            if sha256(path) != expected["sha256"]:
                return f"{name} does not match its SHA-256"
    except OSError as error:
        return f"{error.filename} cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError, AttributeError):
        return f"{MANIFEST_FILE} is not what was written"
    return None
