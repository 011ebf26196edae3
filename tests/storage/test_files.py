"""Files are there whole or not at all."""

import hashlib

import pytest

from keras_drnet.errors import InputError
from keras_drnet.storage import files


def test_a_file_takes_its_place_when_it_is_complete(tmp_path):
    path = tmp_path / "a.txt"
    with files.aside(str(path)) as partial:
        with open(partial, "w") as file:
            file.write("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]
    assert files.read_text(str(path)) == "new"
    assert files.sha256(str(path)) == hashlib.sha256(b"new").hexdigest()


@pytest.mark.parametrize(
    ("error", "seen"),
    [(OSError(28, "No space left"), InputError), (KeyError(), KeyError)],
)
def test_what_was_there_stays_when_writing_fails(tmp_path, error, seen):
    path = tmp_path / "a.txt"
    files.write_text(str(path), "old")
    with pytest.raises(seen), files.aside(str(path)) as partial:
        with open(partial, "w") as file:
            file.write("half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_folders(tmp_path):
    folder = str(tmp_path / "a" / "b")
    assert files.list_folder(folder) == []
    files.make_folder(folder)
    for name in ("2", "1"):
        files.write_text(f"{folder}/{name}", name)
    assert files.list_folder(folder) == ["1", "2"]
    assert files.sha256(f"{folder}/3") == ""
    with pytest.raises(InputError, match="cannot be made"):
        files.make_folder(f"{folder}/1/below")
    with pytest.raises(InputError, match="cannot be written: No such file"):
        files.write_text(f"{folder}/missing/file", "")
