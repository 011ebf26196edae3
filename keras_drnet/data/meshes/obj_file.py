"""Meshes from Wavefront OBJ files with their materials (MTL) and textures.

What is read: points, normals, texture points, polygons and, of the materials, the
color (Kd) and its picture (map_Kd). Lines, curves, gloss and transparency are not.

VTK's own importer takes corners that do not exist and goes on without what it misses,
so damaged files would give wrong pictures.
"""

import re

import numpy as np

from keras_drnet.data.clips import BadFile
from keras_drnet.data.images import open_image
from keras_drnet.data.meshes.mesh_renderer import Mesh

GRAY = (0.7, 0.7, 0.7)  # Of faces without a material.
MAX_TEXTURE_SIZE = 512  # Pixels; frames are smaller.
OPTIONS = re.compile(r"(-\w+(\s+(on|off|[-+.\d]+))*\s+)*")  # Before a map's file.


def read_obj(path, root):
    """Read an object.

    Args:
        path: the OBJ file, a `pathlib.Path`.
        root: folder that the materials and textures must not lie outside of.

    Returns:
        A list of `Mesh`, one for each material.

    Raises:
        BadFile: it, its materials or a texture is missing or damaged, or it is empty.
    """
    columns = {"v": [], "vt": [], "vn": []}  # Points, texture points, normals.
    faces = {}  # Name of the material to faces, lists of corners.
    materials = None
    name = ""
    for number, line, keyword, rest in _statements(path):
        try:
            if keyword in columns:
                size = 2 if keyword == "vt" else 3
                columns[keyword].append(_numbers(rest, size))
            elif keyword == "f":
                counts = [len(column) for column in columns.values()]
                face = [_corner(text, counts) for text in rest.split()]
                if len(face) > 2:  # Some programs write loose edges as faces.
                    faces.setdefault(name, []).append(face)
            elif keyword == "usemtl":
                name = rest
            elif keyword == "mtllib":
                materials = (materials or {}) | _read_mtl(
                    _beside(path, rest, root), root
                )
        except ValueError as error:
            reason = f"line {number}, {line[:40]!r}, is damaged ({error})"
            raise BadFile(path, reason) from error
    if not faces:
        raise BadFile(path, "it has no faces; is it an OBJ file, and whole?")
    if materials is not None:
        for name in faces:
            if name and name not in materials:
                raise BadFile(path, f"its materials do not define {name!r}")
    arrays = [np.array(column, np.float64) for column in columns.values()]
    meshes = [
        _mesh(arrays, faces[name], *(materials or {}).get(name, (GRAY, None)))
        for name in faces
    ]
    if not np.ptp(np.concatenate([mesh.points for mesh in meshes]), axis=0).any():
        raise BadFile(path, "all its points are one")
    return meshes


def _statements(path):
    """Yield number of the line, line, keyword and the rest of each statement."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadFile(path, f"cannot be read ({error.strerror})") from error
    for number, line in enumerate(text.splitlines(), 1):
        keyword, _, rest = line.strip().replace("\t", " ").partition(" ")
        yield number, line, keyword, rest.strip()


def _numbers(text, size):
    numbers = [float(number) for number in text.split()[:size]]
    # Single precision, which is drawn in, holds no more. NaN is not below it either.
    if len(numbers) < size or not all(abs(number) < 1e30 for number in numbers):
        raise ValueError(f"expected {size} numbers")
    return numbers


def _corner(text, counts):
    """Read `point/texture point/normal`, the latter two optional: -1 where left out.

    The numbers count from 1, or back from the latest if negative.
    """
    corner = []
    for part, count in zip((text.split("/") + ["", ""])[:3], counts, strict=True):
        number = int(part) if part else 0
        place = number - 1 if number > 0 else count + number
        if not part and corner:
            place = -1
        elif not 0 <= place < count:
            raise ValueError(f"there is no number {part or 'nothing'} so far")
        corner.append(place)
    return tuple(corner)


def _mesh(arrays, faces, color, texture):
    numbers = {}  # Corner to its place among the mesh's points.
    for face in faces:
        for corner in face:
            numbers.setdefault(corner, len(numbers))
    places = np.array(list(numbers))
    points, texture_points, normals = (
        array[chosen] if (chosen >= 0).all() else None
        for array, chosen in zip(arrays, places.T, strict=True)
    )
    return Mesh(
        points,
        [[numbers[corner] for corner in face] for face in faces],
        color,
        normals=normals,
        texture=None if texture_points is None else texture,
        texture_points=texture_points,
    )


def _read_mtl(path, root):
    """Return the materials by name: color, and texture or `None`."""
    materials = {}
    name = ""
    for number, line, keyword, rest in _statements(path):
        color, texture = materials.get(name, (GRAY, None))
        try:
            if keyword == "newmtl":
                name, color, texture = rest, GRAY, None
            elif keyword == "Kd":
                color = tuple(np.clip(_numbers(rest, 3), 0, 1))
            elif keyword == "map_Kd":
                texture = _read_texture(_beside(path, OPTIONS.sub("", rest, 1), root))
        except ValueError as error:
            reason = f"line {number}, {line[:40]!r}, is damaged ({error})"
            raise BadFile(path, reason) from error
        materials[name] = (color, texture)
    return materials


def _beside(path, name, root):
    try:
        found = (path.parent / name.replace("\\", "/")).resolve()
        is_file = found.is_file()
    except (OSError, RuntimeError) as error:  # A name too long, a circle of links.
        raise BadFile(path, f"it refers to {name!r} ({error})") from error
    if not found.is_relative_to(root.resolve()):
        raise BadFile(path, f"it refers to {name!r}, outside of {root}")
    if not is_file:
        raise BadFile(path, f"it refers to {name!r}, which is missing")
    return found


def _read_texture(path):
    with open_image(path) as image:
        image = image.convert("RGB")
    image.thumbnail((MAX_TEXTURE_SIZE, MAX_TEXTURE_SIZE))
    return np.asarray(image)
