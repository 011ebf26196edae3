"""Generated chairs: functions of their numbers, upright, and all different."""

import numpy as np
import pytest

from keras_drnet.data.meshes.chair_parts import ARMS, BACKS, BASES
from keras_drnet.data.meshes.mesh_renderer import MeshRenderer
from keras_drnet.data.meshes.procedural_chairs import chair

NUM_CHAIRS = 280


@pytest.fixture(scope="module")
def chairs():
    return [chair(number) for number in range(NUM_CHAIRS)]


def test_a_number_always_gives_the_same_chair():
    views = ((40,), (15,))
    first = MeshRenderer(64).render(chair(7), *views)
    np.testing.assert_array_equal(MeshRenderer(64).render(chair(7), *views), first)
    assert not np.array_equal(MeshRenderer(64).render(chair(8), *views), first)


def test_chairs_stand_on_the_floor_and_have_realistic_sizes(chairs):
    for meshes in chairs:
        points = np.concatenate([mesh.points for mesh in meshes])
        assert np.isfinite(points).all()
        low, high = points.min(axis=0), points.max(axis=0)
        assert -0.03 < low[1] < 0.03
        assert 0.55 < high[1] < 1.3
        width, _, depth = high - low
        assert 0.3 < width < 1.0 and 0.3 < depth < 1.0


def test_backs_are_behind_the_seats(chairs):
    upper = [np.concatenate([m.points for m in meshes]) for meshes in chairs]
    depths = [points[points[:, 1] > 0.8, 2] for points in upper]
    assert all((z < 0.1).all() for z in depths)
    assert sum(len(z) > 0 for z in depths) > NUM_CHAIRS / 2


@pytest.mark.opengl
def test_chairs_differ_visibly(chairs):
    renderer = MeshRenderer(32)
    views = [renderer.render(meshes, (35,), (20,))[0, 0] for meshes in chairs]
    flat = np.stack(views).reshape(NUM_CHAIRS, -1).astype(np.float64)
    squares = (flat**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * flat @ flat.T
    np.fill_diagonal(distances, np.inf)
    assert np.sqrt(distances.min() / flat.shape[1]) > 10  # Of 255, root mean square.


def test_the_family_has_hundreds_of_kinds():
    assert len(set(BASES)) * len(set(BACKS)) * len(set(ARMS)) > 300
