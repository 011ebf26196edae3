"""Files and folders appear at their paths complete, or not at all."""

import hashlib
import pathlib

import pytest

from keras_drnet.errors import InputError
from keras_drnet.storage import files


@pytest.mark.parametrize("kind", [str, pathlib.Path])
def test_a_file_appears_when_it_is_complete(tmp_path, kind):
    path = tmp_path / "a.txt"
    with files.atomic_write(kind(path)) as unfinished:
        with open(unfinished, "w") as file:
            file.write("new")
        assert not path.exists()
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]
    assert files.read_text(kind(path)) == "new"
    assert files.sha256(kind(path)) == hashlib.sha256(b"new").hexdigest()


def test_two_writers_of_a_file_leave_it_whole(tmp_path):
    path = tmp_path / "a.txt"
    with files.atomic_write(path, writer="1") as first:
        pathlib.Path(first).write_text("all of it")
        with files.atomic_write(path, writer="2") as second:
            pathlib.Path(second).write_text("all")
        assert path.read_text() == "all"
    assert path.read_text() == "all of it"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("error", "seen"),
    [(OSError(28, "No space left"), InputError), (KeyError(), KeyError)],
)
def test_a_file_stays_as_it_was_when_writing_fails(tmp_path, error, seen):
    path = tmp_path / "a.txt"
    files.write_text(str(path), "old")
    with pytest.raises(seen), files.atomic_write(str(path)) as unfinished:
        with open(unfinished, "w") as file:
            file.write("half")
        raise error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def contents(folder):
    return {p.name: p.read_text() for p in folder.iterdir()}


def test_a_folder_replaces_another_when_it_is_complete(tmp_path):
    path = tmp_path / "deep" / "folder"
    for name in ("old", "new"):
        with files.atomic_folder(path) as unfinished:
            (unfinished / "below").mkdir()
            (unfinished / "below" / name).write_text(name)
            assert not (path / "below" / "new").exists()
        assert contents(path / "below") == {name: name}
        assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyError()])
def test_a_folder_stays_as_it_was_when_writing_fails(tmp_path, error):
    path = tmp_path / "folder"
    with files.atomic_folder(path) as unfinished:
        (unfinished / "a").write_text("old")
    with pytest.raises(type(error)), files.atomic_folder(path) as unfinished:
        (unfinished / "a").write_text("half")
        raise error
    assert contents(path) == {"a": "old"}
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_ignores_what_a_killed_process_left_behind(tmp_path):
    left = tmp_path / f"folder{files.UNFINISHED}"
    left.mkdir()
    (left / "half").write_text("half")
    with files.atomic_folder(tmp_path / "folder") as unfinished:
        (unfinished / "a").write_text("new")
    assert contents(tmp_path / "folder") == {"a": "new"}
    assert not left.exists()


def test_folders_are_made_and_listed(tmp_path):
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
