"""The job of a worker that prepares data: one shard, and a note that it is done.

Workers are processes of this machine or of others; nothing but the folder is common to
them. What they make is in the folder, and read from there.
"""

import contextlib
import dataclasses
import functools
import json
import pathlib
import socket
import threading
import uuid

import PIL

import keras_drnet
from keras_drnet.checks.json_input import parse_json
from keras_drnet.config.overrides import from_dict
from keras_drnet.data.clips import BadFile
from keras_drnet.data.load import READERS
from keras_drnet.data.pipeline.shards import ShardWriter, StoredShard
from keras_drnet.errors import InputError
from keras_drnet.storage import files
from keras_drnet.storage.object_storage import filesystem
from keras_drnet.storage.versions import installed_versions

NOTE = ".done.json"
# A worker may have several threads, but readers are not made for them.
_ONE_AT_A_TIME = threading.Lock()


@dataclasses.dataclass(frozen=True)
class ShardPlan:
    """Planned content of a shard.

    Attributes:
        file: name of the shard's file.
        split: `"train"` or `"test"`.
        items: names of the reader's items.
    """

    file: str
    split: str
    items: tuple[str, ...]


def make_shard(plan, *, config, encoding, output, key, expected_versions):
    """Write one shard and the note that it is done.

    Args:
        plan: a `ShardPlan`.
        config: a `DataConfig`, of which `recording()` is kept.
        encoding: a key of `ENCODERS`.
        output: folder of the shards.
        key: checksum of the whole plan, for the note.
        expected_versions: `versions()` where the preparation was started.

    Raises:
        InputError: this worker has other versions, or a file cannot be written.
    """
    if versions() != expected_versions:
        raise InputError(
            f"The worker on {socket.gethostname()} has {versions()}, but shards made "
            f"elsewhere need {expected_versions}. Install the same on all machines."
        )
    # A worker that is thought to be dead may write the same file at the same time.
    writer = uuid.uuid4().hex
    clips, bad = [], []
    path = f"{output}/{plan.file}"
    with (
        _ONE_AT_A_TIME,
        files.atomic_write(path, writer=writer) as unfinished,
        ShardWriter(
            unfinished, encoding=encoding, frame_rate=config.frame_rate
        ) as shard,
    ):
        reader = open_reader(config)
        for item in plan.items:
            try:
                clips += [shard.write(clip) for clip in reader.read(item)]
            except BadFile as error:
                bad.append(bad_file(error, config))
    note = {
        "file": plan.file,
        "split": plan.split,
        "num_bytes": filesystem(path).size(path),
        "sha256": files.sha256(path),
        "clips": clips,
        "bad": bad,
        "plan": key,
    }
    files.write_text(path + NOTE, to_json(note), writer=writer)


def read_note(path):
    """Return the note of a shard, or `None` if it is damaged: the shard is made again.

    Its keys are those of a `StoredShard`, and `plan`.
    """
    try:
        note = parse_json(files.read_bytes(path))
        plan = note.pop("plan")
        from_dict(StoredShard, note)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return note | {"plan": plan} if isinstance(plan, str) else None


def note_of_worker(path):
    """Return the note of a shard, by its path, that a worker says it has made.

    Raises:
        InputError: there is none, as the worker sees another folder.
    """
    note = None
    with contextlib.suppress(FileNotFoundError):
        note = read_note(path + NOTE)
    if note is None:
        raise InputError(
            f"A worker has made {path}, but it is not to be seen from here. The folder "
            "has to be the same for all machines: a shared one, or s3://."
        )
    return note


def note_names(output):
    """Return the names of the notes in a folder of shards."""
    return [name for name in files.list_folder(output) if name.endswith(NOTE)]


@functools.lru_cache(maxsize=1)
def open_reader(config):
    """Make the reader of a data set, once in a process."""
    return READERS[config.dataset](config)


def bad_file(error, config):
    """Return the name, below the data's folder, and the reason of a `BadFile`."""
    path, folder = pathlib.Path(error.path), config.data_dir
    file = str(path.relative_to(folder) if path.is_relative_to(folder) else path)
    return {"file": file, "reason": error.reason}


def versions():
    """Return the versions of what the content of a shard depends on."""
    ours = {"keras_drnet": keras_drnet.__version__, "PIL": PIL.__version__}
    return ours | installed_versions("tensorflow", "av")


def to_json(value):
    """Return the text of a note or a manifest."""
    return json.dumps(value, indent=1) + "\n"
