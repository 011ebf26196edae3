"""Meshes from Wavefront OBJ files with their materials (MTL) and textures.

Points, normals, texture coordinates, polygons and the materials' color (Kd) and
texture (map_Kd) are read; lines, curves, gloss and transparency are not.

VTK's own importer accepts corners that do not exist and ignores missing files, so
damaged files would give wrong images.
"""

import re

import numpy as np

from keras_drnet.data.clips import BadFile
from keras_drnet.data.images import open_image
from keras_drnet.data.meshes.mesh import Mesh

GRAY = (0.7, 0.7, 0.7)  # Of faces without a material.
MAX_TEXTURE_SIZE = 512  # Pixels; frames are smaller.
OPTIONS = re.compile(r"(-\w+(\s+(on|off|[-+.\d]+))*\s+)*")  # Before a map's file name.


def read_obj(path, root):
    """Read an object.

    Args:
        path: the OBJ file, a `pathlib.Path`.
        root: folder that must contain the materials and textures.

    Returns:
        A list of `Mesh`, one for each material.

    Raises:
        BadFile: the file, its materials or a texture is missing or damaged, or the
            object has no extent.
    """
    columns = {"v": [], "vt": [], "vn": []}  # Points, texture coordinates, normals.
    faces = {}  # Name of a material to faces, lists of corners.
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
                    _resolve(path, rest, root), root
                )
        except ValueError as error:
            reason = f"line {number}, {line[:40]!r}, is damaged ({error})"
            raise BadFile(path, reason) from error
    if not faces:
        raise BadFile(path, "it has no faces; is it a complete OBJ file?")
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
        raise BadFile(path, "all its points are the same")
    return meshes


def _statements(path):
    """Yield `(line number, line, keyword, arguments)` of each statement."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadFile(path, f"cannot be read ({error.strerror})") from error
    for number, line in enumerate(text.splitlines(), 1):
        keyword, _, rest = line.strip().replace("\t", " ").partition(" ")
        yield number, line, keyword, rest.strip()


def _numbers(text, size):
    numbers = [float(number) for number in text.split()[:size]]
    # Rendering is in single precision. NaN fails this check too.
    if len(numbers) < size or not all(abs(number) < 1e30 for number in numbers):
        raise ValueError(f"expected {size} numbers")
    return numbers


def _corner(text, counts):
    """Parse `point/texture point/normal`, the latter two optional.

    Args:
        text: three numbers, from 1, or from -1 backwards from the latest.
        counts: how many points, texture points and normals there are so far.

    Returns:
        Three indices, from 0; -1 = left out.
    """
    corner = []
    for part, count in zip((text.split("/") + ["", ""])[:3], counts, strict=True):
        number = int(part) if part else 0
        index = number - 1 if number > 0 else count + number
        if not part and corner:
            index = -1
        elif not 0 <= index < count:
            raise ValueError(f"there is no number {part or 'nothing'} so far")
        corner.append(index)
    return tuple(corner)


def _mesh(arrays, faces, color, texture):
    numbers = {}  # Corner to the index of its point in the mesh.
    for face in faces:
        for corner in face:
            numbers.setdefault(corner, len(numbers))
    corners = np.array(list(numbers))
    points, texture_points, normals = (
        array[indices] if (indices >= 0).all() else None
        for array, indices in zip(arrays, corners.T, strict=True)
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
    """Return a dict, name of a material to its color and texture (`None` = none)."""
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
                texture = _read_texture(_resolve(path, OPTIONS.sub("", rest, 1), root))
        except ValueError as error:
            reason = f"line {number}, {line[:40]!r}, is damaged ({error})"
            raise BadFile(path, reason) from error
        materials[name] = (color, texture)
    return materials


def _resolve(path, name, root):
    """Return the path of a file that another file in the folder `root` refers to."""
    try:
        found = (path.parent / name.replace("\\", "/")).resolve()
        is_file = found.is_file()
    except (OSError, RuntimeError) as error:  # A name too long, a loop of links.
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
