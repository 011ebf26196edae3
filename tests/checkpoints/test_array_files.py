"""Files of arrays that were changed: one that is not what was written is refused."""

import io
import re
import zipfile

import numpy as np
import pytest

from keras_drnet.checkpoints.array_files import (
    DamagedFileError,
    read_arrays,
    write_arrays,
)
from keras_drnet.errors import InputError

ARRAYS = {"a": np.arange(6.0, dtype="float32").reshape(2, 3), "b": np.array([True])}
SHAPES = {name: array.shape for name, array in ARRAYS.items()}


@pytest.fixture
def path(tmp_path):
    write_arrays(tmp_path / "net.npz", ARRAYS)
    return tmp_path / "net.npz"


def test_round_trip(path):
    found = read_arrays(path, SHAPES)
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)


def test_arrays_of_another_configuration_are_named(path):
    with pytest.raises(InputError, match="'c' is missing there"):
        read_arrays(path, SHAPES | {"c": ()})
    with pytest.raises(InputError, match="'b' is unknown here"):
        read_arrays(path, {"a": (2, 3)})
    shapes = SHAPES | {"a": (3, 2)}
    with pytest.raises(InputError, match=re.escape("shape (2, 3) there, (3, 2) here")):
        read_arrays(path, shapes)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_damage(path, value):
    array = ARRAYS["a"].copy()
    array[1, 2] = value
    write_arrays(path, ARRAYS | {"a": array})
    with pytest.raises(DamagedFileError, match="'a' of net.npz has values"):
        read_arrays(path, SHAPES)


def test_text_and_objects_are_damage_and_nothing_is_unpickled(path):
    for array in (np.full((2, 3), "x"), np.full((2, 3), None)):
        write_arrays(path, ARRAYS | {"a": array})
        with pytest.raises(DamagedFileError, match="net.npz"):
            read_arrays(path, SHAPES)


def test_a_small_file_that_unpacks_to_a_large_one_is_not_unpacked(path):
    """Its header promises another shape, or what is as long as it likes."""
    promises = {
        "another configuration": {"descr": "<f4", "shape": (1 << 40,)},
        "no numbers": {"descr": "<U1073741824", "shape": SHAPES["a"]},
    }
    for message, promise in promises.items():
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("a.npy", "w", force_zip64=True) as member:
                header = promise | {"fortran_order": False}
                np.lib.format.write_array_header_1_0(member, header)
                member.write(bytes(1 << 20))
            with archive.open("b.npy", "w") as member:
                np.lib.format.write_array(member, ARRAYS["b"])
        with pytest.raises((InputError, DamagedFileError), match=message):
            read_arrays(path, SHAPES)


def test_any_changed_byte_gives_one_of_the_two_errors_or_other_numbers(path, rng):
    content = path.read_bytes()
    for _ in range(500):
        changed = bytearray(content)
        for position in rng.integers(0, len(content), rng.integers(1, 4)):
            changed[position] ^= 1 << int(rng.integers(0, 8))
        if rng.random() < 0.3:
            changed = changed[: rng.integers(0, len(content))]
        path.write_bytes(changed)
        try:
            found = read_arrays(path, SHAPES)
        except (InputError, DamagedFileError) as error:
            assert "net.npz" in str(error)
        else:
            assert {n: a.shape for n, a in found.items()} == SHAPES


def test_compressed_files_and_half_precision_are_read(path):
    buffer = io.BytesIO()
    np.savez_compressed(buffer, a=ARRAYS["a"].astype("float16"), b=ARRAYS["b"])
    path.write_bytes(buffer.getbuffer())
    np.testing.assert_array_equal(read_arrays(path, SHAPES)["a"], ARRAYS["a"])
