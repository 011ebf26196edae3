"""OBJ files: faces and materials that are read, and damaged files that are refused."""

import numpy as np
import pytest
from PIL import Image

from keras_drnet.data.clips import BadFile
from keras_drnet.data.meshes.obj_file import read_obj

SQUARE = """mtllib chair.mtl
v 0 0 0
v 1 0 0
v 1 1 0
v 0 1 0
vt 0 0
vt 1 1
vn 0 0 1
"""
MTL = "newmtl red\nKd 1 0 0\n\nnewmtl wood\nKd 1 1 1\nmap_Kd -s 2 2 2 wood.png\n"


@pytest.fixture
def write(tmp_path):
    """Writes an OBJ file of the given faces, with all that it refers to."""

    def write(faces, mtl=MTL):
        folder = tmp_path / "chairs"
        folder.mkdir()
        (folder / "chair.obj").write_text(SQUARE + faces)
        (folder / "chair.mtl").write_text(mtl)
        Image.new("RGB", (2, 2), (150, 100, 50)).save(folder / "wood.png")
        return folder / "chair.obj"

    return write


def read(path):
    return read_obj(path, path.parent)


def test_faces_are_grouped_by_material(write):
    faces = "f 1 2 3 4\nusemtl red\nf 1 2 3\nf 1 3 4\nusemtl wood\nf 1/1 2/2 3/2\n"
    plain, red, wood = read(write(faces))
    assert [len(mesh.faces) for mesh in (plain, red, wood)] == [1, 2, 1]
    assert red.color == (1, 0, 0) and plain.color != red.color
    assert red.texture is None and wood.texture.shape == (2, 2, 3)
    np.testing.assert_array_equal(wood.texture[0, 0], (150, 100, 50))
    np.testing.assert_array_equal(wood.texture_points, [(0, 0), (1, 1), (1, 1)])
    np.testing.assert_array_equal(
        plain.points[plain.faces[0]], [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)]
    )


def test_a_material_inherits_nothing_from_the_one_before(write):
    mtl = MTL + "newmtl bare\nd 1\nnewmtl green\nKd 0 1 0\n"
    faces = "f 1/1 2/1 3/1\nusemtl bare\nf 1/1 2/1 3/1\nusemtl green\nf 1/1 2/1 3/1\n"
    plain, bare, green = read(write(faces, mtl))
    assert bare.color == plain.color and bare.texture is None
    assert green.color == (0, 1, 0) and green.texture is None


def test_corners_count_from_one_or_backwards_from_the_latest(write):
    (mesh,) = read(write("f 1//1 2//1 3//1\nf -4//-1 -2//-1 -1//-1\nf 1 2\n"))
    corners = [mesh.points[face].tolist() for face in mesh.faces]
    assert corners == [
        [[0, 0, 0], [1, 0, 0], [1, 1, 0]],
        [[0, 0, 0], [1, 1, 0], [0, 1, 0]],
    ]
    np.testing.assert_array_equal(mesh.normals, [(0, 0, 1)] * 4)


@pytest.mark.parametrize(
    ("faces", "reason"),
    [
        ("", "no faces"),
        ("f 1 2 5\n", "line 9, 'f 1 2 5', is damaged"),
        ("f 0 1 2\n", "damaged"),
        ("f -5 1 2\n", "damaged"),
        ("f 1/3 2/1 3/1\n", "damaged"),
        ("f one two three\n", "damaged"),
        ("f 1 2 3\nv 1 2", "line 10, 'v 1 2', is damaged .expected 3 numbers"),
        ("f 1 2 3\nv 1 2 nan\n", "damaged"),
        ("f 1 1 1\n", "all its points are the same"),
        ("usemtl gold\nf 1 2 3\n", "do not define 'gold'"),
        ("mtllib other.mtl\nf 1 2 3\n", "'other.mtl', which is missing"),
        ("mtllib ../../other.mtl\nf 1 2 3\n", "outside of"),
        ("mtllib /etc/hostname\nf 1 2 3\n", "outside of"),
    ],
)
def test_damaged_files_are_refused(write, faces, reason):
    path = write(faces)
    with pytest.raises(BadFile, match=reason) as caught:
        read(path)
    assert caught.value.path == str(path)


@pytest.mark.parametrize(
    ("mtl", "reason"),
    [
        ("newmtl red\nKd 1 0\n", "line 2, 'Kd 1 0', is damaged"),
        ("newmtl red\nmap_Kd gone.png\n", "'gone.png', which is missing"),
        ("newmtl red\nmap_Kd ../wood.png\n", "outside of"),
        ("newmtl red\nmap_Kd chair.obj\n", "not a readable image"),
    ],
)
def test_damaged_materials_are_refused(write, mtl, reason):
    with pytest.raises(BadFile, match=reason):
        read(write("usemtl red\nf 1 2 3\n", mtl=mtl))


def test_random_bytes_are_refused(tmp_path, rng):
    path = tmp_path / "chair.obj"
    path.write_bytes(rng.bytes(5000))
    with pytest.raises(BadFile, match="no faces|damaged"):
        read(path)
