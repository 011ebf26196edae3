"""The lister of all folders of data: links, hidden names, and what is passed over."""

import os

from keras_drnet.data.listing import list_files


def make(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def test_files_are_listed_at_any_depth_in_the_order_of_their_names(tmp_path):
    make(tmp_path, "b", "a/c/d", "a/e")
    listing = list_files(tmp_path)
    assert list(listing.files) == ["a/c/d", "a/e", "b"]
    assert listing.files["a/e"] == tmp_path / "a" / "e"
    assert listing.passed_over == listing.unreadable == {}


def test_what_systems_leave_behind_is_passed_over(tmp_path):
    make(tmp_path, "a", "._a", ".DS_Store", "__MACOSX/a", "c/Thumbs.db", ".git/x")
    listing = list_files(tmp_path)
    assert list(listing.files) == ["a"]
    names = ["._a", ".DS_Store", ".git", "__MACOSX", "c/Thumbs.db"]
    assert listing.passed_over == dict.fromkeys(names, "hidden")


def test_links_are_followed_but_for_those_that_lead_back(tmp_path):
    root, store = tmp_path / "root", tmp_path / "store"
    make(root, "a")
    make(store, "deep/b", "c")
    (root / "link").symlink_to(store)
    (root / "file").symlink_to(store / "c")
    (root / "nothing").symlink_to(tmp_path / "missing")
    (store / "back").symlink_to(root)
    (store / "deep" / "self").symlink_to(store / "deep")
    listing = list_files(root)
    assert list(listing.files) == ["a", "file", "link/c", "link/deep/b"]
    assert listing.passed_over == {
        "nothing": "no file, or a link to nothing",
        "link/back": "a link to what holds it",
        "link/deep/self": "a link to what holds it",
    }


def test_only_regular_files_are_opened(tmp_path):
    make(tmp_path, "a")
    os.mkfifo(tmp_path / "pipe")
    listing = list_files(tmp_path)
    assert list(listing.files) == ["a"] and list(listing.passed_over) == ["pipe"]


def test_names_may_be_any_bytes(tmp_path):
    with open(os.fsencode(tmp_path) + b"/caf\xe9", "wb"):
        pass
    (name,) = list_files(tmp_path).files
    assert os.fsencode(name) == b"caf\xe9"


def test_a_folder_may_be_named_from_within(tmp_path, monkeypatch):
    make(tmp_path, "a/b", "c")
    monkeypatch.chdir(tmp_path)
    assert list(list_files(".").files) == ["a/b", "c"]
