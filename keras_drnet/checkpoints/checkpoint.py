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

import contextlib
import json
import pathlib
import platform
import shutil
import stat

import keras
from absl import logging

from keras_drnet.checkpoints.array_files import (
    DamagedFileError,
    read_arrays,
    write_arrays,
)
from keras_drnet.checks.json_input import parse_json
from keras_drnet.errors import InputError
from keras_drnet.storage.files import atomic_folder, sha256

MANIFEST_FILE = "checkpoint.json"
STATE_FILE = "state.npz"
MAX_MANIFEST_BYTES = 1 << 20
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
            with contextlib.suppress(DamagedFileError):
                return step, _verified(self._path(step))["seconds"]
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
                    write_arrays(folder / f"{name}.npz", arrays)
                if state is not None:
                    variables = _by_key(state).items()
                    arrays = {k: keras.ops.convert_to_numpy(v) for k, v in variables}
                    write_arrays(folder / STATE_FILE, arrays)
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
        groups = {f"{n}.npz": {v.path: v for v in own} for n, own in weights.items()}
        if state is not None:
            groups[STATE_FILE] = _by_key(state)
        for step in reversed(steps):
            path = self._path(step)
            try:
                arrays = _read_checkpoint(path, groups)
            except DamagedFileError as damage:
                logging.warning(
                    "The checkpoint %s is damaged: %s. Using the one before.",
                    path,
                    damage,
                )
                continue
            for file, variables in groups.items():
                for name, variable in variables.items():
                    variable.assign(arrays[file][name])
            return step
        if steps:
            raise InputError(
                f"Every checkpoint in {self.folder} is damaged; remove the folder to "
                "train this stage from the start."
            )
        return 0

    def _path(self, step):
        return self.folder / f"step_{step:08d}"


def _by_key(state):
    """Return the variables of a training state by names for their arrays."""
    return {
        f"{name}/{i:04d}": variable
        for name, variables in state.items()
        for i, variable in enumerate(variables)
    }


def _weights_arrays(weights, dtype):
    return {
        w.path: keras.ops.convert_to_numpy(w).astype(dtype or w.dtype) for w in weights
    }


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


def _read_checkpoint(folder, groups):
    """Read the arrays of a checkpoint, after its checksums were verified.

    Args:
        folder: the checkpoint's.
        groups: dict of a file's name to a dict of arrays' names to variables.

    Returns:
        A dict of a file's name to its arrays by name.

    Raises:
        DamagedFileError: the checkpoint is not what was written.
        InputError: it is a released copy, or of another configuration.
    """
    listed = _verified(folder)["files"]
    arrays = {}
    for file, variables in groups.items():
        if file == STATE_FILE and file not in listed:
            raise InputError(
                f"{folder} is part of a released copy: it has no {STATE_FILE} and "
                "cannot be trained further. Train the original run, or start a new one."
            )
        if file not in listed:
            raise DamagedFileError(f"{file} is not listed in {MANIFEST_FILE}")
        shapes = {name: tuple(one.shape) for name, one in variables.items()}
        arrays[file] = read_arrays(folder / file, shapes)
    return arrays


def _verified(folder):
    """Return the content of a checkpoint's list of files, which are as it says.

    Raises:
        DamagedFileError: the list or a file is missing or changed.
    """
    try:
        if _size(folder, MANIFEST_FILE) > MAX_MANIFEST_BYTES:
            raise DamagedFileError(f"{MANIFEST_FILE} is too long")
        manifest = parse_json((folder / MANIFEST_FILE).read_bytes())
        for name, expected in manifest["files"].items():
            size = _size(folder, name)
            if size != expected["bytes"]:
                raise DamagedFileError(
                    f"{name} has {size} bytes, expected {expected['bytes']}"
                )
            if sha256(folder / name) != expected["sha256"]:
                raise DamagedFileError(f"{name} does not match its SHA-256")
        manifest["seconds"] = float(manifest.get("seconds", 0.0))
    except DamagedFileError:
        raise
    except OSError as error:
        raise DamagedFileError(
            f"{error.filename} cannot be read: {error.strerror}"
        ) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedFileError(f"{MANIFEST_FILE} is not what was written") from error
    return manifest


def _size(folder, name):
    """Return the size of a regular file of a folder; a pipe or a device never ends."""
    status = (folder / name).stat()
    if pathlib.PurePath(name).name != name or not stat.S_ISREG(status.st_mode):
        raise DamagedFileError(f"{name} is no file of this folder")
    return status.st_size
