"""Clips in TFRecord shards: a folder, local or `s3://`, that training reads from.

`manifest.json` has the shard, offset and length of each clip, so that any clip can be
read alone: windows are chosen as in memory, and training resumes at batch k without
reading what comes before. A record is a `tf.train.Example` with the features

    frames              PNG or JPEG images, in order
    name                the clip's name
    label/<name>        one for each label
    frame_rate          frames per second
    periodic            1 if the first frame follows the last, otherwise 0
"""

import dataclasses
import os
import zlib

import numpy as np
import tensorflow as tf
from google.protobuf.message import DecodeError

from keras_drnet.checks.json_input import parse_json
from keras_drnet.config.overrides import from_dict
from keras_drnet.config.schema import RECORDING_KEYS, DataConfig
from keras_drnet.data.clips import SPLITS, ClipEntry, check_split
from keras_drnet.data.pipeline.windows import RecordedClips
from keras_drnet.errors import InputError, choose, keep_input_errors
from keras_drnet.storage.files import read_bytes
from keras_drnet.storage.object_storage import filesystem
from keras_drnet.storage.tensorflow_files import os_errors

MANIFEST = "manifest.json"
FORMAT = 1  # Of the manifest; newer formats are refused.
JPEG_QUALITY = 95
ENCODERS = {
    "png": tf.io.encode_png,
    "jpeg": lambda frame: tf.io.encode_jpeg(
        frame, quality=JPEG_QUALITY, chroma_downsampling=False
    ),
}
# A TFRecord is: length and its checksum, the data, a checksum of the data.
HEADER_BYTES, FOOTER_BYTES = 12, 4


@dataclasses.dataclass(frozen=True)
class StoredClip(ClipEntry):
    """Location of a clip in a shard.

    Attributes:
        offset: offset of the record's data in the shard, bytes.
        num_bytes: length of the data.
        crc32: checksum of the data.
        fingerprint: see `Clip.fingerprint`.
        duplicate_of: name of the clip with the same frames that is used instead;
            "" = none.
        shard: name of the shard's file.
    """

    offset: int
    num_bytes: int
    crc32: int
    fingerprint: str
    duplicate_of: str = ""
    shard: str = ""

    def __post_init__(self):
        """Raise `ValueError` if there cannot be such a clip."""
        if self.offset < 0 or self.num_bytes < 0 or self.num_frames < 2:
            raise ValueError(f"clip {self.name!r} has a number that is too small")


@dataclasses.dataclass(frozen=True)
class StoredShard:
    """A shard in the manifest.

    Attributes:
        file: its name.
        split: "train" or "test".
        num_bytes: its size.
        sha256: its checksum.
        clips: its clips.
        bad: files of which no clip came, and why.
    """

    file: str
    split: str
    num_bytes: int
    sha256: str
    clips: list[StoredClip]
    bad: list[dict[str, str]]

    def __post_init__(self):
        """Raise `ValueError` if there cannot be such a shard."""
        if self.split not in SPLITS or os.path.basename(self.file) != self.file:
            raise ValueError(f"shard {self.file!r} is not in this folder")


class ShardWriter:
    """Writer of clips to one shard; a context manager."""

    def __init__(self, path, *, encoding="png", frame_rate=0):
        """Hold the settings; the file is opened on entering the context.

        Args:
            path: local file.
            encoding: `"png"`, lossless, or `"jpeg"`, smaller.
            frame_rate: frames per second, stored with each clip.
        """
        self._path = str(path)
        self._encode = choose(ENCODERS, encoding, "encoding")
        self._frame_rate = frame_rate
        self._offset = 0

    def __enter__(self):
        with os_errors():
            self._writer = tf.io.TFRecordWriter(self._path)
        return self

    def __exit__(self, *exception):
        with os_errors():
            self._writer.close()

    def write(self, clip):
        """Append a clip; return the fields of its `StoredClip`, without the shard."""
        images = [self._encode(frame).numpy() for frame in clip.frames]
        features = {
            "frames": _bytes_feature(images),
            "name": _bytes_feature([os.fsencode(clip.name)]),
            "frame_rate": tf.train.Feature(
                float_list=tf.train.FloatList(value=[self._frame_rate])
            ),
            "periodic": tf.train.Feature(
                int64_list=tf.train.Int64List(value=[int(clip.periodic)])
            ),
        }
        for key, value in clip.labels.items():
            features[f"label/{key}"] = _bytes_feature([os.fsencode(value)])
        example = tf.train.Example(features=tf.train.Features(feature=features))
        data = example.SerializeToString(deterministic=True)
        with os_errors():
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
    """Recorded clips in shards, each read when it is needed."""

    def __init__(self, folder, entries, *, image_size, num_channels, **kwargs):
        """Hold the locations of the clips.

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
        images = tf.numpy_function(
            keep_input_errors(self._read_images),
            [clips, positions],
            tf.string,
            stateful=False,
        )
        images = tf.ensure_shape(images, [None])
        frames = tf.map_fn(self._decode, images, fn_output_signature=tf.uint8)
        return tf.reshape(
            frames, tf.concat([tf.shape(positions), self._frame_shape], axis=0)
        )

    def _decode(self, image):
        frame = tf.io.decode_image(
            image, channels=self._frame_shape[-1], expand_animations=False
        )
        return tf.ensure_shape(frame, self._frame_shape)

    def _read_images(self, clips, positions):
        """Return the files of frames, `[B * K]`."""
        images = []
        for clip, chosen in zip(clips, positions, strict=True):
            record = self._read_record(self._entries[clip])
            images += [record[position] for position in chosen]
        return np.array(images, dtype=object)

    def _read_record(self, entry):
        """Return the files of all frames of a clip, a list of bytes."""
        path = f"{self._folder}/{entry.shard}"
        try:
            data = filesystem(path).read(path, entry.offset, entry.num_bytes)
        except (OSError, MemoryError, OverflowError) as error:
            raise InputError(f"{path} cannot be read: {error}.") from error
        is_whole = len(data) == entry.num_bytes and zlib.crc32(data) == entry.crc32
        images = _parse_images(data) if is_whole else []
        if len(images) != entry.num_frames:
            raise InputError(
                f"{path} is damaged: clip {entry.name!r}, {entry.num_bytes} bytes from "
                f"byte {entry.offset}, is not what the manifest says. Run prepare "
                "again; it rewrites damaged shards."
            )
        return images


def has_manifest(folder):
    """Return whether a folder, local or `s3://`, holds prepared shards."""
    return bool(folder) and filesystem(folder).exists(f"{folder}/{MANIFEST}")


def read_manifest(folder):
    """Read and check the manifest of a folder of shards.

    Returns:
        A dict: see `preparation.prepare`.

    Raises:
        InputError: the manifest is damaged or of a newer format.
    """
    path = f"{folder}/{MANIFEST}"
    try:
        manifest = parse_json(read_bytes(path))
        is_newer = manifest["format"] > FORMAT
        if not is_newer:
            config = from_dict(DataConfig, manifest["config"])
            manifest["config"] = dataclasses.asdict(config)
            for shard in manifest["shards"]:
                from_dict(StoredShard, shard, whole="A shard")
            if not isinstance(manifest["plan"], str):
                raise ValueError("plan is no text")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} is damaged ({error}); remove it and run prepare again."
        ) from error
    if is_newer:
        raise InputError(
            f"{path} has format {manifest['format']}; this version of keras_drnet "
            f"reads formats up to {FORMAT}. Use a newer version."
        )
    return manifest


def list_clips(config, split):
    """List the usable clips of prepared shards.

    Args:
        config: a `DataConfig` whose `data_dir` is a folder of shards.
        split: `"train"` or `"test"`.

    Returns:
        The `StoredClip`s that are not duplicates, in the order of storage.

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
                f"{found!r}, but {wanted!r} is requested. Prepare them again, or add "
                f"--override=data.{key}={found}."
            )
    return [
        StoredClip(**clip | {"shard": shard["file"]})
        for shard in manifest["shards"]
        if shard["split"] == split
        for clip in shard["clips"]
        if not clip.get("duplicate_of")
    ]


def _parse_images(record):
    """Return the images of a record, bytes; an empty list if it is no record."""
    try:
        features = tf.train.Example.FromString(record).features.feature
    except DecodeError:
        return []
    return features["frames"].bytes_list.value


def _bytes_feature(values):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))
