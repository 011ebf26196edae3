"""Preparation of raw data as shards: parallel, restartable, with bad files listed.

Items are assigned to shards before they are distributed, and no shard depends on
another: the files are the same, byte for byte, for any number of processes, on one
machine or on many. A shard is written atomically, then a note next to it that it is
done. Notes are read from the folder, whoever wrote them. The manifest is written last.
"""

import collections
import dataclasses
import functools
import hashlib
import os

from keras_drnet.data.clips import SPLITS
from keras_drnet.data.load import READERS
from keras_drnet.data.pipeline.shards import (
    ENCODERS,
    FORMAT,
    MANIFEST,
    has_manifest,
    read_manifest,
)
from keras_drnet.data.shard_jobs import (
    NOTE,
    ShardPlan,
    make_shard,
    note_names,
    note_of_worker,
    read_note,
    to_json,
    versions,
)
from keras_drnet.errors import InputError, choose
from keras_drnet.processes.workers import run_jobs
from keras_drnet.storage import files
from keras_drnet.storage.lock import exclusive
from keras_drnet.storage.object_storage import filesystem

LOCK = ".lock"


def prepare(
    config,
    output,
    *,
    encoding="png",
    items_per_shard=32,
    num_workers=0,
    executor=run_jobs,
):
    """Write the clips of a data set to shards, with a manifest.

    Called again after an interruption, or after a shard was lost or damaged, it makes
    only the missing ones. It starts processes: a script that calls it needs
    `if __name__ == "__main__":`.

    Args:
        config: a `DataConfig` of recorded clips.
        output: folder of the shards, local or `s3://`; made if it does not exist.
        encoding: `"png"`, lossless, or `"jpeg"`, smaller.
        items_per_shard: videos, objects or characters in a shard.
        num_workers: processes; 0 = one for each core.
        executor: function that runs the jobs: `run_jobs`, `run_on_dask` or
            `run_on_beam`, or a `functools.partial` of one. Workers on other machines
            need the same versions of packages, and the same folders.

    Returns:
        The manifest, a dict: `format`, `config` (the settings that decide what was
        read), `encoding`, `versions`, `splits` (for each the numbers of shards,
        clips and frames), `shards` (for each `file`, `split`, `num_bytes`, `sha256`,
        `clips`, `bad`) and `bad` (for each unusable file `split`, `file` and
        `reason`).

    Raises:
        InputError: the data are missing or all bad, `output` holds shards of other
            data or settings or cannot be written, or workers have other versions or
            another folder `output`.
    """
    make_reader = choose(READERS, config.dataset, "dataset")
    choose(ENCODERS, encoding, "encoding")
    config, output = config.recording(), _absolute(output)
    config = dataclasses.replace(config, data_dir=_absolute(config.data_dir))
    reader = make_reader(config)
    plans = [
        plan
        for split in SPLITS
        for plan in _plan_shards(split, reader.items(split), items_per_shard)
    ]
    key = _plan_key(config, encoding, plans)
    files.make_folder(output)
    with exclusive(f"{output}/{LOCK}", output):
        run = functools.partial(executor, num_workers=num_workers, unit="shard")
        return _write_shards(config, output, encoding, plans, key, run)


def _absolute(path):
    """Return a path that means the same in a worker, which may be in another folder."""
    path = os.fspath(path)
    return os.path.abspath(path) if path and "://" not in path else path


def _write_shards(config, output, encoding, plans, key, run):
    done = _finished_shards(output, key)
    make = functools.partial(
        make_shard,
        config=config,
        encoding=encoding,
        output=output,
        key=key,
        expected_versions=versions(),
    )
    missing = [plan for plan in plans if plan.file not in done]
    for _ in run(make, missing):
        pass
    done |= {plan.file: note_of_worker(f"{output}/{plan.file}") for plan in missing}
    manifest = _manifest(config, encoding, key, [done[plan.file] for plan in plans])
    if not any(counts["clips"] for counts in manifest["splits"].values()):
        reasons = "; ".join(f"{b['file']}: {b['reason']}" for b in manifest["bad"][:3])
        raise InputError(f"No clip of {config.data_dir!r} can be used. {reasons}.")
    files.write_text(f"{output}/{MANIFEST}", to_json(manifest))
    for name in files.list_folder(output):
        if name.endswith((NOTE, files.UNFINISHED)):
            filesystem(output).remove(f"{output}/{name}")
    return manifest


def _plan_shards(split, items, items_per_shard):
    count = -(-len(items) // items_per_shard)
    for number in range(count):
        begin = number * items_per_shard
        yield ShardPlan(
            f"{split}-{number:05d}-of-{count:05d}.tfrecord",
            split,
            tuple(items[begin : begin + items_per_shard]),
        )


def _plan_key(config, encoding, plans):
    """Return a checksum of everything that decides what the shards hold."""
    plan = [_portable(config), encoding, *map(dataclasses.asdict, plans)]
    return hashlib.sha256(to_json(plan).encode()).hexdigest()


def _portable(config):
    """Return the settings without the folder of the raw data, which may move."""
    return dataclasses.asdict(config) | {"data_dir": ""}


def _finished_shards(output, key):
    """Return the notes of the complete and undamaged shards, by file.

    Shards with bad files are left out, to be made again: the files may have been
    mended.
    """
    read = [read_note(f"{output}/{name}") for name in note_names(output)]
    notes = [note for note in read if note]
    if has_manifest(output):
        manifest = read_manifest(output)
        notes += [note | {"plan": manifest["plan"]} for note in manifest["shards"]]
    for note in notes:
        if note["plan"] != key:
            raise InputError(
                f"{output} holds shards of other files or settings. Choose another "
                "folder, or remove this one."
            )
    return {
        note["file"]: note
        for note in notes
        if not note["bad"]
        and files.sha256(f"{output}/{note['file']}") == note["sha256"]
    }


def duplicate(name, original):
    """Return the name of a clip that is there already, and the reason."""
    reason = f"a duplicate: it has the same frames as {original}"
    return {"file": name, "reason": reason}


def _manifest(config, encoding, key, notes):
    """Join the notes to a manifest; of clips with the same frames, keep the first."""
    first, bad, shards = {}, [], []
    counts = {split: collections.Counter() for split in SPLITS}
    for note in notes:
        split = note["split"]
        bad += [{"split": split} | entry for entry in note["bad"]]
        clips = []
        for clip in note["clips"]:
            original = first.setdefault(clip["fingerprint"], clip["name"])
            is_duplicate = original != clip["name"]
            clips.append(clip | {"duplicate_of": original if is_duplicate else ""})
            if is_duplicate:
                bad.append({"split": split} | duplicate(clip["name"], original))
            else:
                counts[split].update(clips=1, frames=clip["num_frames"])
        counts[split].update(shards=1)
        shards.append({k: v for k, v in note.items() if k != "plan"} | {"clips": clips})
    return {
        "format": FORMAT,
        "plan": key,
        "config": _portable(config),
        "encoding": encoding,
        "versions": versions(),
        "splits": {
            split: {key: count[key] for key in ("shards", "clips", "frames")}
            for split, count in counts.items()
        },
        "bad": bad,
        "shards": shards,
    }
