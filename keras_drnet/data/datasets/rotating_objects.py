"""Objects on a turntable: full turns of photographs, of renderings or of meshes.

The content of the folder decides:

    obj<id>__<degrees>.png      COIL-100: 72 views of an object, 5 degrees apart.
    **/<object>/elevation_<e>/p200-64_<k>.png
                                The authors' renderings of SUNCG: 36 views.
    **/*.obj                    Meshes, rendered from all sides; with a catalogue.json
                                of the rotations that turn them upright, if there is
                                one: see `mesh_catalog`.

Without a folder, chairs are generated: see `procedural_chairs`.
"""

import functools
import pathlib
import re

import numpy as np

from keras_drnet.data.clips import BadFile, Clip, ClipReader, split_names
from keras_drnet.data.images import fit_image, read_image
from keras_drnet.data.listing import list_files
from keras_drnet.data.meshes.mesh_catalog import read_rotations, rotated
from keras_drnet.data.meshes.mesh_renderer import ELEVATIONS, MeshRenderer
from keras_drnet.data.meshes.obj_file import read_obj
from keras_drnet.data.meshes.procedural_chairs import chair
from keras_drnet.errors import InputError

COIL_DEGREES = range(0, 360, 5)
COIL_FILE = re.compile(r"(obj\d+)__(\d+)\.png")
SUNCG_NUMBERS = range(1, 37)


class RotatingObjects(ClipReader):
    """Reader of full turns of objects.

    An item is an object. Its clips are its turns, one for each elevation of the
    camera, with the labels `object` and, except for COIL-100, `elevation`.

    `data_dir` of the configuration is the folder; if it is empty, `num_objects`
    chairs are generated.
    """

    def items(self, split):
        """Return the objects of a split.

        Raises:
            InputError: the split is unknown, there are fewer than two objects, the
                folder cannot be read or has none, or its catalog is damaged.
        """
        objects, _ = self._layout
        return split_names(list(objects), split, self.config.test_fraction)

    def read(self, item):
        """Read or render the turns of an object.

        Raises:
            BadFile: an image or mesh is missing or damaged.
            InputError: meshes cannot be rendered on this machine.
        """
        objects, read_turns = self._layout
        turns = read_turns(objects[item], self.config)
        clips = []
        for elevation, frames in turns.items():
            name, labels = item, {"object": item}
            if elevation:
                name = f"{item}/elevation_{elevation}"
                labels["elevation"] = elevation
            clips.append(Clip(name, frames, labels, periodic=True))
        return clips

    @functools.cached_property
    def _layout(self):
        return _find_objects(self.config)


def _find_objects(config):
    """List the objects of whichever layout the folder has.

    Returns:
        `(objects, read_turns)`: a dict, name of an object to its source, and a
        function of a source and the configuration that returns a dict, elevation to
        frames, uint8 `[T, H, W, C]`.
    """
    if not config.data_dir:
        chairs = {f"chair_{n:04d}": n for n in range(config.num_objects)}
        return chairs, _render_chair
    root = pathlib.Path(config.data_dir)
    try:
        next(root.iterdir(), None)
    except OSError as error:
        raise InputError(
            f"data_dir {config.data_dir!r} cannot be read ({error.strerror}); expected "
            "a folder of rotating objects. Leave it out to generate chairs."
        ) from error
    files = list_files(root).files
    for find, read_turns in (
        (_find_coil, _read_coil),
        (_find_suncg, _read_suncg),
        (_find_meshes, _render_mesh),
    ):
        objects = find(root, files)
        if objects:
            return objects, read_turns
    raise InputError(
        f"{root} holds no rotating objects; expected COIL-100 (obj1__0.png, ...), "
        "renderings of SUNCG (<object>/elevation_<e>/p200-64_1.png, ...) or meshes "
        "(*.obj). Leave out data_dir to generate chairs."
    )


def _read_views(paths, folder, config):
    """Read the images of a turn from a dict, name of a view to its path, in order."""
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


def _find_coil(root, files):
    names = map(COIL_FILE.fullmatch, files)
    return {name[1]: root / name[1] for name in names if name}


def _read_coil(stem, config):
    paths = {d: stem.with_name(f"{stem.name}__{d}.png") for d in COIL_DEGREES}
    return {"": _read_views(paths, f"{stem}__*.png", config)}


def _find_suncg(root, files):
    objects = {}
    for folder in sorted({path.parent for path in files.values()}):
        if folder.name.startswith("elevation_"):
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


def _find_meshes(root, files):
    paths = [path for path in files.values() if path.suffix.lower() == ".obj"]
    rotations = read_rotations(root) if paths else {}
    return {
        path.relative_to(root).with_suffix("").as_posix(): (
            path,
            root,
            rotations.get(path.resolve()),
        )
        for path in paths
    }


def _render_mesh(source, config):
    path, root, rotation = source
    meshes = read_obj(path, root)
    if rotation is not None:
        meshes = [rotated(mesh, rotation) for mesh in meshes]
    return _render(meshes, config)


def _render_chair(number, config):
    return _render(chair(number), config)


def _render(meshes, config):
    size, channels = config.image_size, config.num_channels
    turns = _renderer(size).render(meshes)
    return {
        str(elevation): np.stack([fit_image(view, size, channels) for view in turn])
        for elevation, turn in zip(ELEVATIONS, turns, strict=True)
    }


@functools.lru_cache
def _renderer(image_size):
    return MeshRenderer(image_size)
