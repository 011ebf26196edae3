"""Objects on a turntable: full turns of photographs, of pictures or of meshes.

A folder's content says which it is:

    obj<id>__<degrees>.png      COIL-100: 72 views of an object, by 5 degrees.
    **/<object>/elevation_<e>/p200-64_<k>.png
                                Pictures as the authors made them of SUNCG: 36 views.
    **/*.obj                    Meshes, drawn from all sides. Where a catalogue.json
                                in the folder has entries {"model": path,
                                "model_rotation": 9 numbers or null}, as Sweet Home
                                3D's libraries, these matrices (by rows) turn them
                                upright.

Without a folder, chairs are made up: see `procedural_chairs`.
"""

import dataclasses
import functools
import json
import pathlib
import re

import numpy as np

from keras_drnet.data.clips import BadFile, Clip, split_names
from keras_drnet.data.images import fit_image, read_image
from keras_drnet.data.meshes.mesh_renderer import ELEVATIONS, MeshRenderer
from keras_drnet.data.meshes.obj_file import read_obj
from keras_drnet.data.meshes.procedural_chairs import chair
from keras_drnet.errors import InputError

COIL_DEGREES = range(0, 360, 5)
COIL_FILE = re.compile(r"(obj\d+)__(\d+)\.png")
SUNCG_NUMBERS = range(1, 37)
CATALOGUE = "catalogue.json"


class RotatingObjects:
    """Reads full turns of objects.

    An item is an object. Its clips are its turns, one for each elevation of the
    camera, with the labels `object` and, but for COIL-100, `elevation`.
    """

    def __init__(self, config, objects, read_turns):
        """Take what one of the layouts found.

        Args:
            config: a `DataConfig`.
            objects: dict, name of an object to where it is.
            read_turns: function of the latter and the configuration; returns a dict,
                elevation to frames, uint8 `[T, H, W, C]`, and raises `BadFile`.
        """
        self._config = config
        self._objects = objects
        self._read_turns = read_turns

    def items(self, split):
        """Return the objects of a split.

        Raises:
            InputError: the split is unknown, or there are fewer than two objects.
        """
        return split_names(list(self._objects), split, self._config.test_fraction)

    def read(self, item):
        """Read or draw the turns of an object.

        Raises:
            BadFile: a picture or mesh is missing or damaged.
            InputError: meshes cannot be drawn on this machine.
        """
        turns = self._read_turns(self._objects[item], self._config)
        clips = []
        for elevation, frames in turns.items():
            name, labels = item, {"object": item}
            if elevation:
                name = f"{item}/elevation_{elevation}"
                labels["elevation"] = elevation
            clips.append(Clip(name, frames, labels, periodic=True))
        return clips


def rotating_objects(config):
    """Choose the reader that knows what is in the folder.

    Args:
        config: a `DataConfig`. `data_dir` is the folder; where it is empty,
            `num_objects` chairs are made up.

    Returns:
        A `RotatingObjects`.

    Raises:
        InputError: the folder cannot be read, has nothing of the kind, or its
            catalogue is damaged.
    """
    if not config.data_dir:
        chairs = {f"chair_{n:04d}": n for n in range(config.num_objects)}
        return RotatingObjects(config, chairs, _draw_chair)
    root = pathlib.Path(config.data_dir)
    try:
        next(root.iterdir(), None)
    except OSError as error:
        raise InputError(
            f"data_dir {config.data_dir!r} cannot be read ({error.strerror}); expected "
            "a folder of rotating objects. Leave it out to make chairs up."
        ) from error
    for find, read_turns in (
        (_find_coil, _read_coil),
        (_find_suncg, _read_suncg),
        (_find_meshes, _draw_mesh),
    ):
        objects = find(root)
        if objects:
            return RotatingObjects(config, objects, read_turns)
    raise InputError(
        f"{root} holds no rotating objects; expected COIL-100 (obj1__0.png, ...), "
        "SUNCG's pictures (<object>/elevation_<e>/p200-64_1.png, ...) or meshes "
        "(*.obj). Leave out data_dir to make chairs up."
    )


def _read_views(paths, folder, config):
    """Read a turn: dict, what a view is called to its path, in order."""
    missing = [str(name) for name, path in paths.items() if not path.is_file()]
    if missing:
        raise BadFile(
            folder,
            f"{len(missing)} of {len(paths)} views are missing: {', '.join(missing)}",
        )
    return np.stack(
        [
            read_image(path, config.image_size, config.num_channels, config.resize)
            for path in paths.values()
        ]
    )


def _find_coil(root):
    names = (COIL_FILE.fullmatch(path.name) for path in root.glob("obj*__*.png"))
    return {name[1]: root / name[1] for name in names if name}


def _read_coil(stem, config):
    paths = {d: stem.with_name(f"{stem.name}__{d}.png") for d in COIL_DEGREES}
    return {"": _read_views(paths, f"{stem}__*.png", config)}


def _find_suncg(root):
    objects = {}
    for folder in root.rglob("elevation_*"):
        if folder.is_dir():
            name = folder.parent.relative_to(root).as_posix()
            objects.setdefault(name, []).append(folder)
    return objects


def _read_suncg(folders, config):
    turns = {}
    for folder in sorted(folders):
        paths = {k: folder / f"p200-64_{k}.png" for k in SUNCG_NUMBERS}
        elevation = folder.name.removeprefix("elevation_")
        turns[elevation] = _read_views(paths, folder, config)
    return turns


def _find_meshes(root):
    paths = [path for path in root.rglob("*.obj") if path.is_file()]
    rotations = _read_catalogue(root) if paths else {}
    return {
        path.relative_to(root).with_suffix("").as_posix(): (
            path,
            root,
            rotations.get(path.resolve()),
        )
        for path in paths
    }


def _draw_mesh(source, config):
    path, root, rotation = source
    meshes = read_obj(path, root)
    if rotation is not None:
        meshes = [_rotated(mesh, rotation) for mesh in meshes]
    return _draw(meshes, config)


def _draw_chair(number, config):
    return _draw(chair(number), config)


def _draw(meshes, config):
    size, channels = config.image_size, config.num_channels
    turns = _renderer(size).render(meshes)
    return {
        str(elevation): np.stack([fit_image(view, size, channels) for view in turn])
        for elevation, turn in zip(ELEVATIONS, turns, strict=True)
    }


@functools.lru_cache
def _renderer(image_size):
    return MeshRenderer(image_size)


def _rotated(mesh, rotation):
    normals = None if mesh.normals is None else mesh.normals @ rotation.T
    return dataclasses.replace(mesh, points=mesh.points @ rotation.T, normals=normals)


def _read_catalogue(root):
    """Return the rotations `[3, 3]` that the catalogue gives, by path of the mesh."""
    path = root / CATALOGUE
    if not path.is_file():
        return {}
    rotations = {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(entries, list):
            raise ValueError("it is no list")
        for entry in entries:
            model = (root / entry["model"]).resolve()
            if not model.is_relative_to(root.resolve()):
                raise ValueError(f"{entry['model']!r} is outside of the folder")
            if entry.get("model_rotation") is not None:
                rotations[model] = _rotation(entry["model_rotation"])
    except (LookupError, TypeError, ValueError, OSError, RecursionError) as error:
        raise InputError(
            f"{path} is not a catalogue of meshes ({error}); expected a list of "
            '{"model": path below the folder, "model_rotation": 9 numbers or null}. '
            "Mend it, or take it away to use the meshes as they are."
        ) from error
    return rotations


def _rotation(numbers):
    if isinstance(numbers, str):
        numbers = numbers.split()
    matrix = np.array(numbers, np.float64)
    if matrix.shape != (9,):
        raise ValueError(f"a rotation has {matrix.size} numbers, not 9")
    matrix = matrix.reshape(3, 3)
    if not np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-3):
        raise ValueError(f"{numbers} is not a rotation")
    return matrix
