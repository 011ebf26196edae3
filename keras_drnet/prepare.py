"""Converts a data set into shards, which training reads fast, locally or from `s3://`.

Usage:

    python -m keras_drnet.prepare --preset=kth_64 --input=kth --output=shards/kth
    python -m keras_drnet.train --preset=kth_64 --data_dir=shards/kth --run_dir=runs/kth

Unusable files are left out, and listed in the manifest and at the end. The exit code
is then 3, or 0 with --allow_bad. With --check nothing is written: what the input would
give is listed, clips, their lengths and splits, and what would be left out. Either way
it warns where there are too few clips to learn from, or none to test on.

Other machines take part with --executor=dask or --executor=beam; the shards are the
same.
"""

import functools
import shlex
import sys

from absl import flags

from keras_drnet import cli
from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import Config
from keras_drnet.data import preparation
from keras_drnet.data.clips import SPLITS
from keras_drnet.data.pipeline import shards
from keras_drnet.data.shortages import find_shortages
from keras_drnet.data.survey import survey
from keras_drnet.errors import InputError, choose
from keras_drnet.processes.beam_pipeline import run_on_beam
from keras_drnet.processes.dask_cluster import run_on_dask
from keras_drnet.processes.workers import run_jobs

_DATASET = flags.DEFINE_string(
    "dataset",
    None,
    "Data set of the input, if not the preset's: kth, video_folder, ...",
)
_PRESET = flags.DEFINE_string(
    "preset", None, f"Configuration of the data: one of {', '.join(sorted(PRESETS))}."
)
_INPUT = flags.DEFINE_string(
    "input", "", "Folder of the raw data; not needed if they come with packages."
)
_OUTPUT = flags.DEFINE_string(
    "output", None, "Folder of the shards, a local path or s3:// URL."
)
_OVERRIDE = cli.override_flag()
_FORMAT = flags.DEFINE_enum(
    "format",
    "png",
    sorted(shards.ENCODERS),
    "Image format of the frames; png is lossless.",
)
_ITEMS_PER_SHARD = flags.DEFINE_integer(
    "items_per_shard", 32, "Videos, objects or characters per shard.", lower_bound=1
)
_WORKERS = flags.DEFINE_integer(
    "workers", 0, "Number of processes; 0 = one per CPU core.", lower_bound=0
)
_EXECUTOR = flags.DEFINE_enum(
    "executor",
    "processes",
    ["processes", "dask", "beam"],
    "What makes the shards: processes of this machine, a Dask cluster, Apache Beam.",
)
_SCHEDULER = flags.DEFINE_string(
    "scheduler",
    "",
    "Address of a Dask cluster, such as tcp://host:8786; without it one is started "
    "on this machine.",
)
_BEAM_OPTIONS = flags.DEFINE_string(
    "beam_options",
    "",
    "Options of Beam's pipeline, such as '--runner=FlinkRunner "
    "--flink_master=host:8081'; without them it runs on this machine.",
)
_ALLOW_BAD = flags.DEFINE_bool(
    "allow_bad", False, "Exit with code 0 even if files were left out."
)
_CHECK = flags.DEFINE_bool(
    "check", False, "List what the input would give; write nothing."
)

EXIT_BAD_FILES = 3
MAX_PASSED_OVER = 10  # Files that belong to no clip, named one by one.


def main():
    """Prepare a data set, or look at it, and print its size and what is left out."""
    if _CHECK.value:
        _check()
        return
    if not _OUTPUT.value:
        raise InputError("--output is required, or --check.")
    executor = _executor()
    config = _data_config()
    manifest = preparation.prepare(
        config,
        _OUTPUT.value.rstrip("/"),
        encoding=_FORMAT.value,
        items_per_shard=_ITEMS_PER_SHARD.value,
        num_workers=_WORKERS.value,
        executor=executor,
    )
    clips = {split: [] for split in SPLITS}
    for shard in manifest["shards"]:
        clips[shard["split"]] += [c for c in shard["clips"] if not c["duplicate_of"]]
    _report_clips(clips, config)
    _report_bad(
        manifest["bad"], f"; they are listed in {_OUTPUT.value}/{shards.MANIFEST}"
    )


def _check():
    """Print what a data set would give."""
    if _EXECUTOR.value != "processes":
        raise InputError("--check looks at the data from here; leave --executor out.")
    config = _data_config()
    found = survey(config, num_workers=_WORKERS.value)
    for entry in found["items"]:
        lengths = ", ".join(_length([clip], config) for clip in entry["clips"])
        print(f"{entry['split']}: {entry['item']}: {lengths}")
    clips = {split: [] for split in SPLITS}
    for entry in found["items"]:
        clips[entry["split"]] += entry["clips"]
    _report_clips(clips, config)
    passed_over = found["passed_over"]
    for file, reason in list(passed_over.items())[:MAX_PASSED_OVER]:
        print(f"passed over: {file}: {reason}", file=sys.stderr)
    if len(passed_over) > MAX_PASSED_OVER:
        print(f"passed over: {len(passed_over)} files in all", file=sys.stderr)
    _report_bad(found["bad"], "")


def _report_clips(clips, config):
    """Print what the clips of each split amount to, and what they lack."""
    for split, those in clips.items():
        print(f"{split}: {len(those)} clips, {_length(those, config)}")
    for sentence in find_shortages(clips, config.clip_length):
        print(f"warning: {sentence}", file=sys.stderr)


def _length(clips, config):
    num_frames = sum(clip["num_frames"] for clip in clips)
    if not config.frame_rate:
        return f"{num_frames} frames"
    return f"{num_frames} frames ({num_frames / config.frame_rate:.1f} s)"


def _report_bad(bad, where):
    """Print what was left out, and end with the exit code that says so."""
    for entry in bad:
        print(f"bad: {entry['file']}: {entry['reason']}", file=sys.stderr)
    if bad:
        print(f"{len(bad)} files or clips were left out{where}.", file=sys.stderr)
        if not _ALLOW_BAD.value:
            sys.exit(EXIT_BAD_FILES)


def _executor():
    """Return the function that runs the jobs."""
    for flag, executor in ((_SCHEDULER, "dask"), (_BEAM_OPTIONS, "beam")):
        if flag.value and _EXECUTOR.value != executor:
            raise InputError(
                f"--{flag.name} is of --executor={executor}, but --executor is "
                f"{_EXECUTOR.value}; change one of them."
            )
    if _EXECUTOR.value == "dask":
        return functools.partial(run_on_dask, scheduler=_SCHEDULER.value)
    if _EXECUTOR.value == "processes":
        return run_jobs
    try:
        options = shlex.split(_BEAM_OPTIONS.value)
    except ValueError as error:
        raise InputError(
            f"--beam_options={_BEAM_OPTIONS.value} is cut short: {error}."
        ) from error
    return functools.partial(run_on_beam, options=options)


def _data_config():
    if not (_PRESET.value or _DATASET.value):
        raise InputError("The data set is unknown; give --preset or --dataset.")
    config = Config()
    if _PRESET.value:
        config = choose(PRESETS, _PRESET.value, "preset")()
    if _DATASET.value:
        config = config.with_overrides([f"data.dataset={_DATASET.value}"])
    config = config.with_overrides(_OVERRIDE.value)
    return config.with_overrides([f"data.data_dir={_INPUT.value}"]).data


def entry_point():
    """Run the program from the command line."""
    cli.run(main)


if __name__ == "__main__":
    entry_point()
