"""Parsers of files that come from outside, each with a valid file to change."""

import dataclasses
import gzip
import hashlib
import json
import pathlib
import tempfile
import zlib
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf

from export import metadata
from export.signatures import OtherFormatError, Signatures
from keras_drnet.checkpoints.checkpoint import MANIFEST_FILE, Checkpoints
from keras_drnet.checkpoints.run_folder import CONFIG_FILE, RunFolder
from keras_drnet.config.presets import PRESETS
from keras_drnet.data.clips import BadFile
from keras_drnet.data.datasets.digits import IDX_FILES, load_digits
from keras_drnet.data.load import load_source
from keras_drnet.data.meshes.mesh_catalog import CATALOG, read_rotations
from keras_drnet.data.meshes.obj_file import read_obj
from keras_drnet.data.pipeline.shards import MANIFEST
from keras_drnet.errors import InputError
from tests.fuzz.mutations import changed_bytes, changed_json
from tests.support.paths import ROOT

DATA = ROOT / "tests" / "support" / "data"
OBJECT = """\
mtllib box.mtl
v 0 0 0
v 1 0 0
v 0 1 0.5
vt 0 0
vt 1 0
vt 0 1
vn 0 0 1
usemtl red
f 1/1/1 2/2/1 3/3/1
f -3 -2 -1
"""
MATERIALS = "newmtl red\nKd 1 0 0\nmap_Kd -s 1 1 1 red.png\n"


@dataclasses.dataclass(frozen=True)
class Target:
    """A parser of a file.

    Attributes:
        valid: bytes of a file that it accepts.
        parse: function of an empty folder and of the bytes of a file; writes the file
            with all that belongs to it, and reads it.
        refused: types of the errors by which it may refuse a file. Not a subclass.
        change: strategy for the bytes of files, from those of the valid one.
    """

    valid: bytes
    parse: Callable[[pathlib.Path, bytes], object]
    refused: tuple[type[Exception], ...] = (InputError,)
    change: Callable = changed_bytes


def read_config(folder, content):
    (folder / CONFIG_FILE).write_bytes(content)
    return RunFolder(folder).config()


def new_weights():
    return {"encoder": [keras.Variable(np.ones((2, 3)), name="kernel")]}


def checkpoint_files():
    """Returns the two files of a checkpoint, bytes."""
    with tempfile.TemporaryDirectory() as folder:
        Checkpoints(folder).save(1, new_weights())
        (step,) = pathlib.Path(folder).iterdir()
        return [(step / n).read_bytes() for n in ("encoder.npz", MANIFEST_FILE)]


ARRAYS, CHECKPOINT = checkpoint_files()


def restore(folder, arrays, manifest):
    step = folder / "step_00000001"
    step.mkdir()
    (step / "encoder.npz").write_bytes(arrays)
    (step / MANIFEST_FILE).write_bytes(manifest)
    return Checkpoints(folder).restore(new_weights())


def restore_listed(folder, arrays):
    """Reads arrays whose size and checksum are as the checkpoint says."""
    manifest = json.loads(CHECKPOINT)
    manifest["files"]["encoder.npz"] = {
        "bytes": len(arrays),
        "sha256": hashlib.sha256(arrays).hexdigest(),
    }
    return restore(folder, arrays, json.dumps(manifest).encode())


SHARD = "test-00000-of-00001.tfrecord"
SHARDS = (DATA / "shards" / MANIFEST).read_bytes()


def read_shards(folder, manifest, shard=None):
    if shard is None:
        shard = (DATA / "shards" / SHARD).read_bytes()
    (folder / SHARD).write_bytes(shard)
    (folder / MANIFEST).write_bytes(manifest)
    config = PRESETS["tiny"]().with_overrides(
        [
            "data.dataset=rotating_objects",
            "data.num_objects=3",
            f"data.data_dir={folder}",
        ]
    )
    source = load_source(config, "test")
    return source.frames(tf.zeros(1, tf.int64), tf.zeros((1, 1), tf.int32))


def first_record():
    """Returns the bytes of the first clip in the shard."""
    path = str(DATA / "shards" / SHARD)
    return next(tf.data.TFRecordDataset(path).as_numpy_iterator())


def read_listed_record(folder, record):
    """Reads a clip whose size and checksum are as the manifest says."""
    manifest = json.loads(SHARDS)
    clips = next(s for s in manifest["shards"] if s["file"] == SHARD)["clips"]
    clips[0] |= {"offset": 0, "num_bytes": len(record), "crc32": zlib.crc32(record)}
    del clips[1:]
    return read_shards(folder, json.dumps(manifest).encode(), record)


def read_signatures(_, content):
    return Signatures.from_json(content.decode("latin-1"))


def read_metadata(folder, content):
    (folder / "drnet.tflite").write_bytes(content)
    return metadata.read(folder / "drnet.tflite")


def small_tflite():
    text = (DATA / "bundle" / "signatures.json").read_text()
    return metadata.attach(b"a model" * 9, Signatures.from_json(text))


def read_an_object(folder, content):
    (folder / "box.obj").write_bytes(content)
    (folder / "box.mtl").write_text(MATERIALS.replace("map_Kd", "#"))
    return read_obj(folder / "box.obj", folder)


def read_materials(folder, content):
    (folder / "box.obj").write_text(OBJECT)
    (folder / "box.mtl").write_bytes(content)
    (folder / "red.png").write_bytes(PNG)
    return read_obj(folder / "box.obj", folder)


def read_catalog(folder, content):
    (folder / CATALOG).write_bytes(content)
    return read_rotations(folder)


def read_digits(folder, content, suffix=""):
    (folder / f"{IDX_FILES['test']}{suffix}").write_bytes(content)
    return load_digits("test", data_dir=str(folder))


def read_packed_digits(folder, content):
    return read_digits(folder, content, ".gz")


PNG = tf.io.encode_png(np.full((2, 2, 3), 9, np.uint8)).numpy()
IDX = b"".join(n.to_bytes(4) for n in (2051, 2, 28, 28)) + bytes(2 * 28 * 28)
TURNS = json.dumps(
    [{"model": "a.obj", "model_rotation": [1, 0, 0, 0, 1, 0, 0, 0, 1]}, {"model": "b"}]
).encode()
CONFIG = PRESETS["tiny"]().to_json().encode()
JSON_FILES = {
    "config": Target(CONFIG, read_config),
    "checkpoint": Target(CHECKPOINT, lambda folder, c: restore(folder, ARRAYS, c)),
    "shards": Target(SHARDS, read_shards),
    "signatures": Target(
        (DATA / "bundle" / "signatures.json").read_bytes(),
        read_signatures,
        (ValueError, OtherFormatError),
    ),
    "catalog": Target(TURNS, read_catalog),
}
TARGETS = {
    **JSON_FILES,
    **{
        f"{name}_values": dataclasses.replace(target, change=changed_json)
        for name, target in JSON_FILES.items()
    },
    "arrays": Target(ARRAYS, restore_listed),
    # A picture that is none, in a record that is as listed, is TensorFlow's to refuse.
    "record": Target(
        first_record(),
        read_listed_record,
        (InputError, tf.errors.InvalidArgumentError),
    ),
    "metadata": Target(small_tflite(), read_metadata, (ValueError, OtherFormatError)),
    "object": Target(OBJECT.encode(), read_an_object, (BadFile,)),
    "materials": Target(MATERIALS.encode(), read_materials, (BadFile,)),
    "digits": Target(IDX, read_digits),
    "packed_digits": Target(gzip.compress(IDX, mtime=0), read_packed_digits),
}
