"""What a folder of data would give: clips, their lengths, and what is left out."""

import functools

from keras_drnet.data.clips import SPLITS, BadFile
from keras_drnet.data.load import READERS
from keras_drnet.data.preparation import duplicate
from keras_drnet.data.shard_jobs import bad_file, open_reader
from keras_drnet.errors import choose
from keras_drnet.processes.workers import run_jobs


def survey(config, *, num_workers=0):
    """List what `prepare` would make of a data set, without writing anything.

    Args:
        config: a `DataConfig` of recorded clips.
        num_workers: processes; 0 = one for each core.

    Returns:
        A dict: `items`, for each usable item in the order of its name `split`, `item`
        and `clips`, the `num_frames` and `periodic` of each of its clips; `bad`, as in
        a manifest; and `passed_over`, files that belong to no item, to the reasons.

    Raises:
        InputError: the data are missing.
    """
    choose(READERS, config.dataset, "dataset")
    config = config.recording()
    reader = open_reader(config)
    jobs = [(split, item) for split in SPLITS for item in reader.items(split)]
    read = functools.partial(_read_item, config=config)
    results = list(run_jobs(read, jobs, num_workers=num_workers, unit="item"))
    order = {job: number for number, job in enumerate(jobs)}
    results.sort(key=lambda result: order[result["split"], result["item"]])
    first, items, bad = {}, [], []
    for result in results:
        split, item, clips = result["split"], result["item"], []
        for name, fingerprint, clip in result["clips"]:
            original = first.setdefault(fingerprint, name)
            if original == name:
                clips.append(clip)
            else:
                bad.append({"split": split} | duplicate(name, original))
        if clips:
            items.append({"split": split, "item": item, "clips": clips})
        bad += result["bad"]
    return {"items": items, "bad": bad, "passed_over": reader.passed_over}


def _read_item(job, *, config):
    """Read an item; return names, fingerprints and sizes of its clips, or why not."""
    split, item = job
    result = {"split": split, "item": item, "clips": [], "bad": []}
    try:
        for clip in open_reader(config).read(item):
            size = {"num_frames": len(clip.frames), "periodic": clip.periodic}
            result["clips"].append((clip.name, clip.fingerprint(), size))
    except BadFile as error:
        result["bad"].append({"split": split} | bad_file(error, config))
    return result
