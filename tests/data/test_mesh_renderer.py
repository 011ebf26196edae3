"""Rendered meshes: views, sizes, lights, textures, and machines without OpenGL."""

import numpy as np
import pytest

from keras_drnet.data.meshes import mesh_renderer
from keras_drnet.data.meshes.mesh import Mesh
from keras_drnet.data.meshes.mesh_renderer import AZIMUTHS, ELEVATIONS, MeshRenderer
from keras_drnet.data.meshes.solids import box, tube
from keras_drnet.errors import InputError

RED, BLUE = (0.9, 0.1, 0.1), (0.1, 0.1, 0.9)
WHITE = 255


pytestmark = pytest.mark.opengl


@pytest.fixture(scope="module")
def renderer():
    return MeshRenderer(32)


@pytest.fixture
def two_sided():
    """A flat block, red in front and blue behind."""
    front = Mesh(*box((-1, 0, 0), (1, 2, 0.2)), RED)
    back = Mesh(*box((-1, 0, -0.2), (1, 2, 0)), BLUE)
    return [front, back]


def drawn(frames):
    return (frames < WHITE - 8).any(axis=-1)


def test_a_turn_has_all_views_on_white(two_sided):
    frames = MeshRenderer(64).render(two_sided)
    assert frames.shape == (len(ELEVATIONS), len(AZIMUTHS), 64, 64, 3)
    assert frames.dtype == np.uint8
    border = np.concatenate(
        [frames[:, :, [0, -1]], frames[:, :, :, [0, -1]].swapaxes(2, 3)]
    )
    assert (border == WHITE).all()
    assert drawn(frames).any(axis=(2, 3)).all()


def test_the_camera_orbits_the_object(renderer, two_sided):
    (turn,) = renderer.render(two_sided, elevations=(10,))
    middle = turn[:, 16, 16].astype(int)
    half = len(AZIMUTHS) // 2
    assert middle[0, 0] > 2 * middle[0, 2] and middle[half, 2] > 2 * middle[half, 0]
    narrow, wide = drawn(turn[half // 2]).sum(), drawn(turn[0]).sum()
    assert narrow < wide / 3
    ((once, again),) = renderer.render(two_sided, (0, 360), (10,))
    np.testing.assert_array_equal(once, again)


def test_azimuths_turn_towards_positive_x_and_elevations_up(renderer):
    right = Mesh(*box((0, 0, -1), (1, 1, 1)), RED)
    left = Mesh(*box((-1, 0, -1), (0, 1, 1)), BLUE)
    ((from_right,),) = renderer.render([right, left], (90,), (5,))
    assert from_right[16, 16, 0] > from_right[16, 16, 2]
    top = Mesh(*box((-1, 1, -1), (1, 1.1, 1)), BLUE)
    block = Mesh(*box((-1, 0, -1), (1, 1, 1)), RED)
    from_low, from_high = renderer.render([block, top], (0,), (5, 80))[:, 0]
    assert from_low[17, 16, 0] > from_low[17, 16, 2]
    assert from_high[16, 16, 2] > from_high[16, 16, 0]


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_size_is_the_same_in_all_views_and_units(renderer, scale):
    solid = tube(np.array([(3, 5, 7), (3, 7, 7)]) * scale, 0.6 * scale, sides=72)
    areas = drawn(renderer.render([Mesh(*solid, RED)])).sum(axis=(2, 3))
    assert (np.ptp(areas, axis=1) <= 2).all()
    assert areas.min() > 32 * 32 / 5


def test_lights_do_not_move_with_the_camera(renderer):
    block = [Mesh(*box((-1, 0, -1), (1, 2, 1)), (0.5, 0.5, 0.5))]
    ((left, right),) = renderer.render(block, (-20, 20), (10,))
    assert abs(int(left[16, 16, 0]) - int(right[16, 16, 0])) <= 1
    ((front, back),) = renderer.render(block, (0, 180), (10,))
    assert front[16, 16, 0] > back[16, 16, 0] + 10


def test_thin_parts_fade_instead_of_breaking(renderer):
    wire = Mesh(*tube([(-1, 0, 0), (1, 2, 0)], 0.01), (0, 0, 0))
    ((frame,),) = renderer.render([wire], (0,), (0,))
    dark = (frame[6:26] < WHITE).any(axis=-1)
    assert dark.any(axis=1).all()
    assert frame.min() > 0


def test_a_texture_is_the_right_way_up(renderer):
    pixels = np.full((8, 8, 3), BLUE)
    pixels[:4, :4] = RED
    points = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], float)
    panel = Mesh(
        points,
        [[0, 1, 2, 3]],
        (1, 1, 1),
        texture=(WHITE * pixels).astype(np.uint8),
        texture_points=points[:, :2],
    )
    ((frame,),) = renderer.render([panel], (0,), (0,))
    is_red = frame[..., 0] > frame[..., 2] + 50
    assert is_red[9:13, 9:13].all()
    assert not is_red[18:22, 9:22].any() and not is_red[9:22, 18:22].any()


def test_two_renderers_draw_the_same_pixels_and_print_nothing(two_sided, capfd):
    one, other = MeshRenderer(32), MeshRenderer(32)
    views = ((0, 50), (20,))
    np.testing.assert_array_equal(
        one.render(two_sided, *views), other.render(two_sided, *views)
    )
    assert capfd.readouterr() == ("", "")


def test_an_object_leaves_no_traces_in_images_of_the_next(renderer, two_sided):
    before = renderer.render(two_sided, (30,), (20,))
    renderer.render([Mesh(*box((0, 0, 0), (1, 3, 1)), BLUE)], (0,), (0,))
    np.testing.assert_array_equal(renderer.render(two_sided, (30,), (20,)), before)


@pytest.mark.parametrize(
    "death", ["import os; os.kill(os.getpid(), 11)", "raise SystemExit(1)"]
)
def test_a_machine_without_opengl_gets_an_error_and_no_crash(
    monkeypatch, tmp_path, death
):
    (tmp_path / "doomed.py").write_text(death)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(mesh_renderer, "PROGRAM", "doomed")
    with pytest.raises(InputError, match="neither EGL nor OSMesa.* libegl1"):
        MeshRenderer(32)


def test_a_crash_of_vtk_is_an_error(two_sided):
    renderer = MeshRenderer(32)
    renderer._process.kill()
    for _ in range(2):
        with pytest.raises(InputError, match="VTK crashed as it rendered"):
            renderer.render(two_sided)


def test_the_process_ends_with_its_renderer(two_sided):
    renderer = MeshRenderer(32)
    process = renderer._process
    renderer.render(two_sided, (0,), (0,))
    assert process.poll() is None
    del renderer
    assert process.poll() is not None
