"""Shards and manifests that are damaged or missing are named and mended."""

import json

import pytest
import tensorflow as tf

from keras_drnet.data.load import load_dataset, load_source
from keras_drnet.data.pipeline.shards import MANIFEST
from keras_drnet.data.preparation import prepare
from keras_drnet.errors import InputError
from tests.support.processes import train
from tests.support.shards import config, contents, flags, run


def flip_a_byte(path, offset):
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


def test_a_flipped_byte_stops_training_and_is_mended(videos, shards, shards_copy):
    damaged = shards_copy / "train-00001-of-00003.tfrecord"
    flip_a_byte(damaged, 2000)
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"{damaged} is damaged"):
        for batch in load_dataset(config(shards_copy), "train").take(4):
            assert batch
    result = train(
        f"{shards_copy}_run",
        "--preset=tiny",
        "--override=data.dataset=video_folder",
        "--override=data.frame_rate=25",
        "--override=data.test_fraction=0.3",
        f"--data_dir={shards_copy}",
    )
    assert result.returncode == 2
    assert f"{damaged} is damaged: clip 'video" in result.stderr.splitlines()[-1]
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    result = run(*flags(videos, shards_copy))
    assert result.returncode == 0, result.stderr
    assert contents(shards_copy) == contents(shards)


def test_a_missing_shard_is_named_and_written_again(videos, shards, shards_copy):
    (shards_copy / "test-00000-of-00002.tfrecord").unlink()
    source = load_source(config(shards_copy), "test")
    with pytest.raises(InputError, match="test-00000-of-00002.tfrecord cannot be read"):
        source.frames(tf.range(3, dtype=tf.int64), tf.zeros((3, 1), tf.int32))
    prepare(config(videos).data, str(shards_copy), items_per_shard=2, num_workers=1)
    assert contents(shards_copy) == contents(shards)


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.pop("shards"),
        lambda manifest: manifest["shards"][0].update(file="../../secret"),
        lambda manifest: manifest["shards"][0]["clips"][0].pop("offset"),
        lambda manifest: manifest["config"].update(unknown=1),
        lambda manifest: manifest.update(format=99),
    ],
)
def test_a_damaged_manifest_is_refused(shards_copy, change):
    path = shards_copy / MANIFEST
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="manifest.json (is damaged|has format 99)"):
        load_source(config(shards_copy), "train")
    path.write_text(path.read_text()[:100])
    with pytest.raises(InputError, match="manifest.json is damaged.*remove it and"):
        load_source(config(shards_copy), "train")
