"""Simple solids: pairs of points, float `[N, 3]`, and faces, lists of point indices.

x right, y up, z to the front; any unit of length.
"""

import numpy as np


def loft(rings):
    """Join rings of points, `[R, N, 3]`, to a closed solid."""
    num_rings, num_points, _ = np.shape(rings)
    near = np.arange(num_points)
    far = np.roll(near, -1)
    quads = np.stack([near, far, far + num_points, near + num_points], axis=1)
    faces = [quad + r * num_points for r in range(num_rings - 1) for quad in quads]
    faces += [near[::-1], near + (num_rings - 1) * num_points]
    return np.reshape(rings, (-1, 3)), faces


def tube(points, radius, sides=12):
    """Make a tube along a polyline, with mitered corners.

    Args:
        points: `[P, 3]`, the line's start, corners and end; P > 1.
        radius: half the thickness, one number or one for each point.
        sides: corners of the cross section: 4 = square, 12 = round.

    Returns:
        The solid.
    """
    points = np.array(points, np.float64)
    steps = np.diff(points, axis=0)
    steps /= np.linalg.norm(steps, axis=1, keepdims=True)
    directions = np.concatenate([steps[:1], steps[:-1] + steps[1:], steps[-1:]])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    angles = 2 * np.pi * (np.arange(sides) + 0.5) / sides
    radii = np.broadcast_to(radius, len(points)) / np.cos(np.pi / sides)
    across = np.cross(
        directions[0], (0, 0, 1) if abs(directions[0, 2]) < 0.9 else (1, 0, 0)
    )
    rings = []
    for point, direction, reach in zip(points, directions, radii, strict=True):
        # Each section is rotated as little as possible from the last: no twist.
        across = across - (across @ direction) * direction
        across /= np.linalg.norm(across)
        circle = np.outer(np.cos(angles), across)
        circle += np.outer(np.sin(angles), np.cross(direction, across))
        rings.append(point + reach * circle)
    return loft(rings)


def box(low, high):
    """Make a box from its lowest to its highest x, y and z."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    return loft(
        [[(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)] for y in (y0, y1)]
    )


def board(width, depth, thickness, corner=30, padded=False):
    """Make a level board or cushion around the origin.

    Args:
        width: length along x.
        depth: length along z.
        thickness: length along y.
        corner: exponent of its outline seen from above, a superellipse: 2 = an
            ellipse, 4 = with round corners, 30 = a rectangle.
        padded: whether its edges are round, as those of a cushion.

    Returns:
        The solid, in sections along x, so that it can be bent.
    """
    x = 0.998 * np.cos(np.linspace(np.pi, 0, 15))[:, None]
    z = (1 - np.abs(x) ** corner) ** (1 / corner)
    if padded:
        angles = 2 * np.pi * (np.arange(16) + 0.5) / 16
        section = np.stack([np.cos(angles), np.sin(angles)])
        section = np.sign(section) * np.sqrt(np.abs(section))  # A rounded square.
        y = np.sqrt(1 - 0.8 * x**10)
    else:
        section = np.array([(1, -1, -1, 1), (1, 1, -1, -1)])
        y = 1.0
    rings = np.broadcast_arrays(x, y * section[1], z * section[0])
    return loft(np.stack(rings, axis=-1) * (width / 2, thickness / 2, depth / 2))
