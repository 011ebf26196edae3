"""Parts of chairs: seats, bases, backs and arms.

Lengths are meters; x right, y up, z to the front, the floor at y = 0. A part is a
pair of its material, `FRAME` or `COVER`, and a solid: see `solids`.
"""

import dataclasses
import functools

import numpy as np

from keras_drnet.data.meshes.solids import board, box, tube

FRAME, COVER = "frame", "cover"


@dataclasses.dataclass(frozen=True)
class Style:
    """Dimensions that the parts of a chair share."""

    width: float  # Of the seat.
    depth: float  # Of the seat.
    height: float  # Of the seat's upper side above the floor.
    thickness: float  # Of the seat.
    back: float  # Height of the back above the seat.
    rod: float  # Half the thickness of legs and posts.
    sides: int  # Corners of their cross section: 4 or 12.
    corner: float  # Corner exponent of seat and back: see `solids.board`.
    padded: bool  # Whether seat and back are padded.
    lean: float  # Backward lean of the back, meters per meter of height.
    curve: float  # Angle by which the back's sides turn forward, radians; not 0.
    count: int  # Number of slats, rungs or spindles.

    @property
    def under(self):
        """Height of the seat's lower side."""
        return self.height - self.thickness

    @property
    def leg(self):
        """Position of the front right leg, `(x, z)`; the others mirror it."""
        inset = 0.72 if self.corner == 2 else 0.92
        return inset * self.width / 2 - self.rod, inset * self.depth / 2 - self.rod


def _moved(solid, by):
    return solid[0] + by, solid[1]


def nothing(style):
    """Return no part: the back of some stools, and the arms of most chairs."""
    return []


def _tube(points, radius, sides=12):
    return [(FRAME, tube(points, radius, sides))]


def _mirrored(points, radius, sides=12):
    """Make a tube on the right, x > 0, and its mirror image on the left."""
    points = np.array(points)
    return sum((_tube(points * (s, 1, 1), radius, sides) for s in (1, -1)), [])


def seat(style):
    """Make the seat of a chair."""
    solid = board(style.width, style.depth, style.thickness, style.corner, style.padded)
    return [(COVER, _moved(solid, (0, style.height - style.thickness / 2, 0)))]


# Bases.


def _legs(style, spread=1.0, taper=1.0):
    (x, z), radii = style.leg, (style.rod, style.rod * taper)
    parts = []
    for t in (1, -1):
        foot = (x * spread, 0, t * z * spread)
        parts += _mirrored([(x, style.under, t * z), foot], radii, style.sides)
    return parts


def _joined_legs(style):
    (x, z), y, thin = style.leg, 0.4 * style.under, 0.6 * style.rod
    parts = _legs(style) + _mirrored([(x, y, z), (x, y, -z)], thin, style.sides)
    for height, t in ((0.7 * y, 1), (y, -1)):
        rung = [(-x, height, t * z), (x, height, t * z)]
        parts += _tube(rung, thin, style.sides)
    return parts


def _hairpin_legs(style):
    (x, z), top = style.leg, style.under
    parts = []
    for t in (1, -1):
        line = [(x, top, 0.4 * t * z), (x, 0, t * z), (0.4 * x, top, t * z)]
        parts += _mirrored(line, 0.01)
    return parts


def _sled(style):
    (x, z), top, thin = style.leg, style.under, 0.7 * style.rod
    line = [(x, top, z), (x, thin, 1.1 * z), (x, thin, -1.1 * z), (x, top, -z)]
    return _mirrored(line, thin)


def _cantilever(style):
    (x, z), thin = style.leg, 0.8 * style.rod
    top = style.under - thin
    line = [(x, top, -z), (x, top, z), (x, thin, z), (x, thin, -z), (0, thin, -z)]
    return _mirrored(line, thin)


def _crossed_legs(style):
    (x, z), top = style.leg, style.under
    parts = _tube([(-x, top / 2, 0), (x, top / 2, 0)], style.rod)
    for t in (1, -1):
        parts += _mirrored([(x, 0, t * z), (x, top, -t * z)], style.rod, style.sides)
    return parts


def _panels(style):
    (x, z), thick = style.leg, style.rod
    return [
        (FRAME, box((s * x - thick, 0, -z), (s * x + thick, style.under, z)))
        for s in (1, -1)
    ]


def _block(style):
    (x, z), height = style.leg, style.under - 0.08
    block = board(style.width, style.depth, height, style.corner, style.padded)
    parts = [(COVER, _moved(block, (0, 0.08 + height / 2, 0)))]
    for t in (0.75, -0.75):
        parts += _mirrored([(0.75 * x, 0.15, t * z), (0.75 * x, 0, t * z)], 0.03)
    return parts


def _column(style):
    return _tube([(0, 0.03, 0), (0, style.under, 0)], 0.03)


def _disc(style):
    disc = board(0.8 * style.width, 0.8 * style.width, 0.03, corner=2)
    return [*_column(style), (FRAME, _moved(disc, (0, 0.015, 0)))]


def _tulip(style):
    heights = np.array([0, 0.04, 0.12, 0.4, 0.8, 1]) * style.under
    radii = np.array([0.45, 0.35, 0.14, 0.06, 0.06, 0.2]) * style.width
    return _tube(np.outer(heights, (0, 1, 0)), radii, sides=24)


def _star(style):
    parts = _column(style)
    for angle in 2 * np.pi * np.arange(5) / 5:
        x, z = 0.3 * np.sin(angle), 0.3 * np.cos(angle)
        parts += _tube([(0, 0.12, 0), (x, 0.07, z)], 0.018)
        parts += _tube([(x, 0.06, z), (x, 0, z)], 0.03)
    return parts


BASES = (
    _legs,
    functools.partial(_legs, taper=0.5),
    functools.partial(_legs, taper=0.6, spread=1.25),
    *(_joined_legs, _hairpin_legs, _crossed_legs, _sled, _cantilever),
    *(_panels, _block, _disc, _tulip, _star),
)

# Backs, flat: x across, y above the seat. `bent` curves and positions them.


def bent(solid, style):
    """Return the solid of a flat back, curved and in its position on the chair."""
    (x, y, z), faces = solid[0].T, solid[1]
    half_width, backward = style.leg  # Above the hind legs, so on the seat.
    radius = half_width / style.curve
    turn = x / (style.width / 2) * style.curve
    inner = radius - z
    points = (
        inner * np.sin(turn),
        y + style.height,
        radius - inner * np.cos(turn) - style.lean * y - backward,
    )
    return np.stack(points, axis=-1), faces


def _upright(style, bottom, top, width=0.0, corner=30):
    """Make a board of the cover's material from `bottom` to `top` above the seat."""
    thickness = 0.07 if style.padded else 0.02
    solid = board(width or style.width, top - bottom, thickness, corner, style.padded)
    points = solid[0][:, [0, 2, 1]]
    return [(COVER, (points + (0, (bottom + top) / 2, 0), solid[1]))]


def _posts(style, top):
    x = style.width / 2 - style.rod
    return _mirrored([(x, -style.thickness, 0), (x, top, 0)], style.rod, style.sides)


def _solid(style):
    return _upright(style, -0.02, style.back, corner=max(style.corner, 4))


def _panel(style):
    low = 0.35 * style.back
    return _posts(style, style.back) + _upright(style, low, style.back)


def _rail(style):
    low = style.back - min(0.16, 0.5 * style.back)
    return _posts(style, style.back - 0.02) + _upright(style, low, style.back)


def _medallion(style):
    x, low = 0.3 * style.width, 0.2 * style.back
    line = [(x, -style.thickness, 0), (x, 2 * low, 0)]
    posts = _mirrored(line, style.rod, style.sides)
    return posts + _upright(style, low, style.back, 0.95 * style.width, corner=2)


def _slats(style):
    parts = _posts(style, style.back) + _upright(style, 0.85 * style.back, style.back)
    step, top = (style.width - 2 * style.rod) / style.count, 0.9 * style.back
    for x in step * (np.arange(style.count) - (style.count - 1) / 2):
        slat = box((x - step / 4, 0, -0.008), (x + step / 4, top, 0.008))
        parts.append((FRAME, slat))
    return parts


def _ladder(style):
    step = style.back / style.count
    boards = (
        _upright(style, (n + 0.5) * step, (n + 1) * step) for n in range(style.count)
    )
    return sum(boards, _posts(style, style.back))


def _spindles(style):
    parts = _upright(style, 0.82 * style.back, style.back)
    for x in np.linspace(-0.45, 0.45, style.count + 3) * style.width:
        low, high = -style.thickness / 2, 0.85 * style.back
        parts += _tube([(0.8 * x, low, 0), (x, high, 0)], 0.009)
    return parts


def _saltire(style):
    x, low, high = style.width / 2, 0.15 * style.back, 0.85 * style.back
    parts = _posts(style, style.back) + _upright(style, high, style.back)
    return parts + _mirrored([(x, low, 0), (-x, high, 0)], style.rod, style.sides)


def _hoops(style):
    parts = []
    for scale in (0.96, 0.6):
        angles = np.linspace(0, np.pi, 17)
        x = scale * style.width / 2 * np.cos(angles)
        y = scale * style.back * np.sin(angles) ** 0.6
        parts += _tube(np.stack([x, y, 0 * x], axis=-1), 0.8 * style.rod)
    return parts


LOW_BACKS = (nothing, _rail, _solid)
BACKS = (
    *(_solid, _solid, _panel, _rail, _medallion, _slats),
    *(_ladder, _spindles, _saltire, _hoops),
)

# Arms.


def _post_arms(style):
    (x, z), low, high = style.leg, style.under, style.height + 0.22
    rest = board(0.06, style.depth, 0.025, corner=4)
    rests = [(FRAME, _moved(rest, (s * x, high, 0))) for s in (1, -1)]
    return rests + _mirrored([(x, low, z), (x, high, z)], style.rod, style.sides)


def _loop_arms(style):
    (x, z), low, high = style.leg, style.under, style.height + 0.2
    back = (x, high, -style.depth / 2)
    return _mirrored([(x, low, 0.6 * z), (x, high, z), back], 0.8 * style.rod)


def _padded_arms(style):
    x, low, high = style.width / 2 + 0.04, style.under - 0.06, style.height + 0.2
    cushion = board(0.1, style.depth, high - low, corner=8, padded=True)
    middle = (low + high) / 2
    return [(COVER, _moved(cushion, (s * x, middle, 0))) for s in (1, -1)]


ARMS = (nothing, nothing, nothing, nothing, _post_arms, _loop_arms, _padded_arms)
