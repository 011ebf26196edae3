"""Catalogs of meshes: a folder's `catalogue.json` with the rotation of each mesh.

As in Sweet Home 3D's libraries, it is a list of entries `{"model": path below the
folder, "model_rotation": 9 numbers or null}`; the numbers are a rotation matrix by
rows, which turns the mesh upright.
"""

import dataclasses

import numpy as np

from keras_drnet.checks.json_input import parse_json
from keras_drnet.errors import InputError

CATALOG = "catalogue.json"


def read_rotations(root):
    """Read the rotations that a folder's catalog gives.

    Args:
        root: the folder, a `pathlib.Path`.

    Returns:
        A dict, resolved path of a mesh to its rotation, float64 `[3, 3]`; empty if
        there is no catalog.

    Raises:
        InputError: the catalog is damaged, or names a file outside of the folder.
    """
    path = root / CATALOG
    if not path.is_file():
        return {}
    rotations = {}
    try:
        entries = parse_json(path.read_bytes())
        if not isinstance(entries, list):
            raise ValueError("it is not a list")
        for entry in entries:
            model = (root / entry["model"]).resolve()
            if not model.is_relative_to(root.resolve()):
                raise ValueError(f"{entry['model']!r} is outside of the folder")
            if entry.get("model_rotation") is not None:
                rotations[model] = _parse_rotation(entry["model_rotation"])
    except (LookupError, TypeError, ValueError, OSError) as error:
        raise InputError(
            f"{path} is not a catalogue of meshes ({error}); expected a list of "
            '{"model": path below the folder, "model_rotation": 9 numbers or null}. '
            "Mend it, or remove it to use the meshes as they are."
        ) from error
    return rotations


def rotated(mesh, rotation):
    """Return a `Mesh` rotated by a matrix `[3, 3]`."""
    normals = None if mesh.normals is None else mesh.normals @ rotation.T
    return dataclasses.replace(mesh, points=mesh.points @ rotation.T, normals=normals)


def _parse_rotation(numbers):
    if isinstance(numbers, str):
        numbers = numbers.split()
    matrix = np.array(numbers, np.float64)
    if matrix.shape != (9,):
        raise ValueError(f"a rotation has {matrix.size} numbers, not 9")
    matrix = matrix.reshape(3, 3)
    if not np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-3):
        raise ValueError(f"{numbers} is not a rotation")
    return matrix
