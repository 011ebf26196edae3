"""Procedurally generated chairs: an endless family, a chair for each number.

Kinds of parts, dimensions, materials and colors are drawn at random.
"""

import numpy as np

from keras_drnet.data.meshes import chair_parts
from keras_drnet.data.meshes.chair_parts import COVER, FRAME, Style
from keras_drnet.data.meshes.mesh import Mesh

SEED = 20170531  # Makes chairs independent of other draws with the same numbers.

# Materials: shine, and colors (red, green, blue).
WOOD = 0.1, ((0.87, 0.72, 0.5), (0.75, 0.52, 0.3), (0.6, 0.36, 0.2), (0.72, 0.33, 0.18))
DARK_WOOD = 0.1, ((0.42, 0.25, 0.15), (0.28, 0.2, 0.16), (0.5, 0.2, 0.14))
METAL = 0.4, ((0.7, 0.72, 0.75), (0.5, 0.52, 0.55), (0.2, 0.2, 0.22), (0.8, 0.64, 0.3))
PAINT = 0.1, ((0.93, 0.93, 0.9), (0.2, 0.2, 0.21), (0.3, 0.52, 0.45), (0.75, 0.2, 0.2))
PLASTIC = (
    0.2,
    (
        *((0.9, 0.15, 0.12), (1.0, 0.8, 0.1), (0.15, 0.65, 0.25), (0.1, 0.4, 0.85)),
        *((1.0, 0.5, 0.08), (0.92, 0.92, 0.92), (0.1, 0.7, 0.72), (0.95, 0.4, 0.62)),
    ),
)
FABRIC = (
    0.0,
    (
        *((0.65, 0.65, 0.67), (0.34, 0.37, 0.42), (0.22, 0.32, 0.56), (0.6, 0.17, 0.2)),
        *((0.85, 0.78, 0.64), (0.38, 0.5, 0.32), (0.82, 0.6, 0.17), (0.54, 0.32, 0.54)),
        *((0.3, 0.6, 0.68), (0.88, 0.52, 0.44)),
    ),
)
LEATHER = 0.15, ((0.55, 0.3, 0.16), (0.2, 0.18, 0.18), (0.87, 0.82, 0.72))
# Material of the frame, of the cover, and whether the cover is padded.
MATERIALS = (
    *((WOOD, WOOD, False), (WOOD, FABRIC, True), (DARK_WOOD, DARK_WOOD, False)),
    *((DARK_WOOD, LEATHER, True), (DARK_WOOD, FABRIC, True), (METAL, PLASTIC, False)),
    *((METAL, FABRIC, True), (METAL, LEATHER, True), (METAL, WOOD, False)),
    *((PAINT, PAINT, False), (PAINT, FABRIC, True), (PLASTIC, PLASTIC, False)),
    *((WOOD, PLASTIC, False), (PAINT, WOOD, False)),
)
STOOLS = 0.08  # Fraction of high stools: without arms, and with low backs or none.


def chair(number):
    """Generate a chair.

    Args:
        number: any integer from 0; the same number always gives the same chair.

    Returns:
        A list of two `Mesh`: the parts of the frame's material, and those of the
        cover's.
    """
    rng = np.random.default_rng([SEED, number])
    frame, cover, padded = _pick(rng, MATERIALS)
    stool = rng.random() < STOOLS
    style = Style(
        width=rng.uniform(0.38, 0.58),
        depth=rng.uniform(0.38, 0.5),
        height=rng.uniform(0.6, 0.72) if stool else rng.uniform(0.38, 0.48),
        thickness=rng.uniform(0.07, 0.15) if padded else rng.uniform(0.02, 0.05),
        back=rng.uniform(0.15, 0.3) if stool else rng.uniform(0.32, 0.68),
        rod=rng.uniform(0.012, 0.028),
        sides=_pick(rng, (4, 12)),
        corner=_pick(rng, (2, 4, 8, 30, 30)),
        padded=padded,
        lean=rng.uniform(0.0, 0.35),
        curve=_pick(rng, (1e-3, 1e-3, 0.3, 0.6, 1.0)),
        count=_pick(rng, (2, 3, 4, 5, 6)),
    )
    back = _pick(rng, chair_parts.LOW_BACKS if stool else chair_parts.BACKS)
    arms = chair_parts.nothing if stool else _pick(rng, chair_parts.ARMS)
    parts = chair_parts.seat(style) + arms(style)
    parts += _pick(rng, chair_parts.BASES)(style)
    parts += [(name, chair_parts.bent(solid, style)) for name, solid in back(style)]
    return [_mesh(parts, FRAME, *frame, rng), _mesh(parts, COVER, *cover, rng)]


def _pick(rng, options):
    return options[rng.integers(len(options))]


def _mesh(parts, material, shine, colors, rng):
    color = np.clip(np.array(_pick(rng, colors)) * rng.uniform(0.85, 1.1), 0, 1)
    points, faces, start = [], [], 0
    for part, (part_points, part_faces) in parts:
        if part == material:
            points.append(part_points)
            faces += [face + start for face in part_faces]
            start += len(part_points)
    return Mesh(np.concatenate(points), faces, tuple(color), shine)
