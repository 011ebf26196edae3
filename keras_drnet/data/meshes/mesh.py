"""A mesh: points and faces of one material."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Mesh:
    """A surface of one material.

    Attributes:
        points: float `[N, 3]` in any unit: x right, y up, z to the front.
        faces: flat polygons, each a list of its corners' indices into `points`.
        color: red, green and blue in [0, 1].
        shine: from 0, matte, to 1, polished.
        normals: float `[N, 3]`; `None` = computed from the faces, with a sharp edge
            where they meet at more than 40 degrees.
        texture: uint8 `[H, W, 3]`, repeated endlessly and multiplied by the color;
            `None` = the color alone.
        texture_points: float `[N, 2]`, texture coordinates of each point: (0, 0) is
            the texture's lower left, (1, 1) its upper right corner.
    """

    points: np.ndarray
    faces: list
    color: tuple[float, float, float]
    shine: float = 0.0
    normals: np.ndarray | None = None
    texture: np.ndarray | None = None
    texture_points: np.ndarray | None = None
