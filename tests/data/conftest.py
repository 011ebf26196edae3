"""Videos and the shards made of them, once for all tests."""

import json
import pathlib
import shutil

import pytest

from keras_drnet.data.pipeline.shards import MANIFEST
from keras_drnet.data.preparation import prepare
from tests.support.shards import NUM_VIDEOS, config
from tests.support.videos import walker, write_video


@pytest.fixture(scope="session")
def videos(tmp_path_factory):
    root = tmp_path_factory.mktemp("videos")
    for seed in range(NUM_VIDEOS):
        # Large ones take long enough to be killed in the middle.
        frames = walker(12 + seed, seed, height=480, width=640)
        write_video(root / f"video{seed}.avi", frames)
    return root


@pytest.fixture(scope="session")
def shards(videos, tmp_path_factory):
    output = tmp_path_factory.mktemp("shards") / "made" / "here"
    manifest = prepare(
        config(videos).data, str(output), items_per_shard=2, num_workers=2
    )
    assert manifest == json.loads((output / MANIFEST).read_text())
    return output


@pytest.fixture
def shards_copy(shards, tmp_path):
    """A copy of the shards that a test can spoil."""
    return pathlib.Path(shutil.copytree(shards, tmp_path / "copy"))
