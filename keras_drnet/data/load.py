"""Clips and the training examples made of them."""

import dataclasses
import functools

from keras_drnet.data.clips import SPLITS
from keras_drnet.data.datasets import kth
from keras_drnet.data.datasets.moving_mnist import MovingMNIST, can_name_digits
from keras_drnet.data.datasets.rotating_objects import rotating_objects
from keras_drnet.data.datasets.sprites import Sprites
from keras_drnet.data.datasets.video_folder import VideoFolder
from keras_drnet.data.pipeline import sampling, shards
from keras_drnet.data.pipeline.windows import ClipsInMemory, read_clips
from keras_drnet.errors import choose


def _moving_mnist(config, split, seed):
    return MovingMNIST(
        split,
        image_size=config.image_size,
        num_channels=config.num_channels,
        num_digits=config.num_digits,
        clip_length=config.clip_length,
        integer_velocity=config.integer_velocity,
        digit_source=config.digit_source,
        data_dir=config.data_dir,
        seed=seed,
    )


# Name to a function of a DataConfig that makes a reader of recorded clips: see
# `clips.Reader`. Moving MNIST alone is drawn, not recorded.
READERS = {
    "kth": kth.KTH,
    "rotating_objects": rotating_objects,
    "sprites": Sprites,
    "video_folder": VideoFolder,
}
DATASETS = ("moving_mnist", *READERS)


def load_source(config, split, *, clip_length=0):
    """Open the clips of one split.

    Args:
        config: a `Config`.
        split: `"train"` or `"test"`.
        clip_length: frames of a clip; 0 = `config.data.clip_length`.

    Returns:
        A source of clips: `clip_length` and `frames(indices, times)`.

    Raises:
        InputError: the data set is unknown, or its data are missing or damaged.
    """
    data = config.data
    if clip_length:
        data = dataclasses.replace(data, clip_length=clip_length)
    choose(dict.fromkeys(DATASETS), data.dataset, "dataset")
    if data.dataset == "moving_mnist":
        return _moving_mnist(data, split, config.seed)
    windows = {
        "split": split,
        "clip_length": data.clip_length,
        "seed": config.seed,
        "random_flip": data.random_flip,
    }
    if shards.has_manifest(data.data_dir):
        entries = shards.list_clips(data, split)
        if data.dataset == "kth":
            is_chosen = kth.label_filter(data)
            entries = [entry for entry in entries if is_chosen(entry.labels)]
        return shards.ShardedClips(
            data.data_dir,
            entries,
            image_size=data.image_size,
            num_channels=data.num_channels,
            **windows,
        )
    return ClipsInMemory(_read_clips(data.recording(), split), **windows)


def has_known_digits(data):
    """Return whether a `DataConfig` is of digits of which each can be named."""
    return data.dataset == "moving_mnist" and can_name_digits(data)


@functools.lru_cache(maxsize=4)
def _read_clips(config, split):
    """Read a split once for all that a program does with it."""
    return read_clips(READERS[config.dataset](config), split)


def load_dataset(config, split, stage="drnet", *, first_batch=0, num_batches=0):
    """Make the endless batches that a stage trains on.

    Args:
        config: a `Config`.
        split: `"train"` or `"test"`.
        stage: `"drnet"` for dicts of named frames, another stage of `Config` for clips
            of the length that the stage is trained on.
        first_batch: number of the first batch; a run that stopped after k batches
            goes on with batch k.
        num_batches: number of batches after which the first comes again; 0 = none
            does.

    Returns:
        A `tf.data.Dataset`: see `sampling`.
    """
    batch_size = config.stage(stage).batch_size
    source = load_source(config, split, clip_length=config.clip_length(stage))
    if stage == "drnet":
        return sampling.frame_batches(
            source,
            batch_size=batch_size,
            max_step=config.data.max_step,
            neighbors=config.drnet.steadiness_weight > 0,
            seed=config.seed,
            first_batch=first_batch,
            num_batches=num_batches,
        )
    return sampling.clip_batches(
        source,
        batch_size=batch_size,
        first_batch=first_batch,
        num_batches=num_batches,
    )


def check_dataset(config):
    """Check that there are batches for all stages of a configuration.

    Raises:
        InputError: as `load_dataset` for any stage and split.
    """
    for clip_length in sorted({config.clip_length(stage) for stage in config.stages}):
        for split in SPLITS:
            load_source(config, split, clip_length=clip_length)
    if "drnet" in config.stages:
        sampling.check_max_step(
            config.data.max_step,
            sampling.inner_length(
                config.data.clip_length, neighbors=config.drnet.steadiness_weight > 0
            ),
        )
