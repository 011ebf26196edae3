"""Clips in TFRecord shards: a folder, local or `s3://`, that training reads from.

`manifest.json` says where in which shard each clip lies, so that any clip is read
alone: windows are chosen as from memory, and nothing need be skipped to go on with
batch k. A record is a `tf.train.Example` with the features

    frames              PNG or JPEG pictures, in order
    name                the clip's name
    label/<name>        one for each label
    frame_rate          frames a second
    periodic            1 where the first frame follows the last, otherwise 0
"""

import dataclasses
import json
import zlib

import numpy as np
import tensorflow as tf

from keras_drnet.config.schema import RECORDING_KEYS, DataConfig
from keras_drnet.data.clips import SPLITS, ClipEntry, check_split
from keras_drnet.data.pipeline.windows import RecordedClips
from keras_drnet.errors import InputError, choose
from keras_drnet.storage.files import read_text
from keras_drnet.storage.object_storage import require_filesystem

MANIFEST = "manifest.json"
FORMAT = 1  # Of the manifest; a reader refuses what is newer than itself.
JPEG_QUALITY = 95
ENCODERS = {
    "png": tf.io.encode_png,
    "jpeg": lambda frame: tf.io.encode_jpeg(
        frame, quality=JPEG_QUALITY, chroma_downsampling=False
    ),
}
# A TFRecord has the length and its checksum before the data, a checksum after them.
HEADER_BYTES, FOOTER_BYTES = 12, 4


@dataclasses.dataclass(frozen=True)
class StoredClip(ClipEntry):
    """Where a clip is stored.

    Attributes:
        offset: where its record's data begin in the shard, bytes.
        num_bytes: length of the data.
        crc32: checksum of the data.
        fingerprint: see `Clip.fingerprint`.
        duplicate_of: name of the clip that has the same frames and counts in its
            place; "" = none.
        shard: name of the shard's file.
    """

    offset: int
    num_bytes: int
    crc32: int
    fingerprint: str
    duplicate_of: str = ""
    shard: str = ""


class ShardWriter:
    """Writes clips to one shard; a context manager."""

    def __init__(self, path, *, encoding="png", frame_rate=0):
        """Open the file.

        Args:
            path: local file.
            encoding: `"png"`, exact, or `"jpeg"`, smaller.
            frame_rate: frames a second, for the record.
        """
        self._encode = choose(ENCODERS, encoding, "encoding")
        self._frame_rate = frame_rate
        self._writer = tf.io.TFRecordWriter(str(path))
        self._offset = 0

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._writer.close()

    def write(self, clip):
        """Append a clip and return its `StoredClip`, without the shard, as a dict."""
        pictures = [self._encode(frame).numpy() for frame in clip.frames]
        features = {
            "frames": _bytes_feature(pictures),
            "name": _bytes_feature([clip.name.encode()]),
            "frame_rate": tf.train.Feature(
                float_list=tf.train.FloatList(value=[self._frame_rate])
            ),
            "periodic": tf.train.Feature(
                int64_list=tf.train.Int64List(value=[clip.periodic])
            ),
        }
        for key, value in clip.labels.items():
            features[f"label/{key}"] = _bytes_feature([value.encode()])
        example = tf.train.Example(features=tf.train.Features(feature=features))
        data = example.SerializeToString(deterministic=True)
        self._writer.write(data)
        start = self._offset + HEADER_BYTES
        self._offset = start + len(data) + FOOTER_BYTES
        return {
            "name": clip.name,
            "labels": clip.labels,
            "num_frames": len(clip.frames),
            "periodic": clip.periodic,
            "offset": start,
            "num_bytes": len(data),
            "crc32": zlib.crc32(data),
            "fingerprint": clip.fingerprint(),
        }


class ShardedClips(RecordedClips):
    """Recorded clips that stay in their shards; each is read when its turn comes."""

    def __init__(self, folder, entries, *, image_size, num_channels, **kwargs):
        """Remember where the clips are.

        Args:
            folder: folder of the shards, local or `s3://`.
            entries: list of `StoredClip`.
            image_size: side of the frames, pixels.
            num_channels: 1 or 3.
            **kwargs: see `RecordedClips`.
        """
        super().__init__(entries, **kwargs)
        self._folder = folder
        self._entries = [entries[number] for number in self._chosen]
        self._frame_shape = (image_size, image_size, num_channels)

    def _read(self, clips, positions):
        records = tf.numpy_function(
            self._read_records, [clips], tf.string, stateful=False
        )
        records = tf.ensure_shape(records, [None])
        features = {"frames": tf.io.RaggedFeature(tf.string)}
        pictures = tf.io.parse_example(records, features)["frames"]
        pictures = tf.gather(pictures, positions, batch_dims=1)  # [B, K]
        frames = tf.map_fn(
            self._decode, tf.reshape(pictures, [-1]), fn_output_signature=tf.uint8
        )
        return tf.reshape(
            frames, tf.concat([tf.shape(positions), self._frame_shape], axis=0)
        )

    def _decode(self, picture):
        frame = tf.io.decode_image(
            picture, channels=self._frame_shape[-1], expand_animations=False
        )
        return tf.ensure_shape(frame, self._frame_shape)

    def _read_records(self, clips):
        records = [self._read_record(self._entries[clip]) for clip in clips]
        return np.array(records, dtype=object)

    def _read_record(self, entry):
        path = f"{self._folder}/{entry.shard}"
        try:
            with tf.io.gfile.GFile(path, "rb") as file:
                file.seek(entry.offset)
                data = file.read(entry.num_bytes)
        except tf.errors.OpError as error:
            raise InputError(f"{path} cannot be read: {error.message}.") from error
        if len(data) != entry.num_bytes or zlib.crc32(data) != entry.crc32:
            raise InputError(
                f"{path} is damaged: clip {entry.name!r}, {entry.num_bytes} bytes from "
                f"byte {entry.offset}, is not what was written. Run prepare again; it "
                "makes damaged shards anew."
            )
        return data


def has_manifest(folder):
    """Return whether a folder, local or `s3://`, holds prepared shards."""
    require_filesystem(folder)
    return bool(folder) and tf.io.gfile.exists(f"{folder}/{MANIFEST}")


def read_manifest(folder):
    """Read and check the manifest of a folder of shards.

    Returns:
        A dict: see `preparation.prepare`.

    Raises:
        InputError: the manifest is damaged or of a newer format.
    """
    path = f"{folder}/{MANIFEST}"
    try:
        manifest = json.loads(read_text(path))
        if manifest["format"] > FORMAT:
            raise InputError(
                f"{path} has format {manifest['format']}; this version of keras_drnet "
                f"reads up to {FORMAT}. Use a newer one."
            )
        for shard in manifest["shards"]:
            if shard["split"] not in SPLITS or "/" in shard["file"]:
                raise ValueError(f"shard {shard['file']!r} is not one of its own")
            _stored_clips(shard)
        DataConfig(**manifest["config"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path} is damaged ({error}); remove it and run prepare again."
        ) from error
    return manifest


def list_clips(config, split):
    """List the clips of prepared shards.

    Args:
        config: a `DataConfig` whose `data_dir` is a folder of shards.
        split: `"train"` or `"test"`.

    Returns:
        The `StoredClip`s that can be used, in the order in which they are stored.

    Raises:
        InputError: the shards were prepared with other settings.
    """
    check_split(split)
    manifest = read_manifest(config.data_dir)
    for key in RECORDING_KEYS:
        wanted, found = getattr(config, key), manifest["config"][key]
        if wanted != found:
            raise InputError(
                f"The shards in {config.data_dir} were prepared with data.{key} "
                f"{found!r}, but {wanted!r} is asked for. Prepare them anew, or add "
                f"--override=data.{key}={found}."
            )
    return [
        clip
        for shard in manifest["shards"]
        if shard["split"] == split
        for clip in _stored_clips(shard)
        if not clip.duplicate_of
    ]


def _stored_clips(shard):
    return [StoredClip(**clip, shard=shard["file"]) for clip in shard["clips"]]


def _bytes_feature(values):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
