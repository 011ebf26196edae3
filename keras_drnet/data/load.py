"""Entry points to the data: the clips of a split, and the batches of a stage."""

import dataclasses
import functools

from keras_drnet.checks.numbers import check_count
from keras_drnet.data.clips import SPLITS, check_split
from keras_drnet.data.datasets.kth import KTH
from keras_drnet.data.datasets.moving_mnist import MovingMNIST, can_name_digits
from keras_drnet.data.datasets.rotating_objects import RotatingObjects
from keras_drnet.data.datasets.sprites import Sprites
from keras_drnet.data.datasets.video_folder import VideoFolder
from keras_drnet.data.pipeline import sampling, shards
from keras_drnet.data.pipeline.windows import ClipsInMemory, read_clips
from keras_drnet.errors import choose

# Name to `ClipReader`. Moving MNIST is not recorded but drawn.
READERS = {
    "kth": KTH,
    "rotating_objects": RotatingObjects,
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
        A `ClipSource`.

    Raises:
        InputError: the split or the data set is unknown, or its data are missing or
            damaged.
    """
    check_split(split)
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
        reader = READERS[data.dataset](data)
        entries = shards.list_clips(data, split)
        return shards.ShardedClips(
            data.data_dir,
            [entry for entry in entries if reader.keeps(entry.labels)],
            image_size=data.image_size,
            num_channels=data.num_channels,
            **windows,
        )
    return ClipsInMemory(_read_clips(data.recording(), split), **windows)


def load_dataset(
    config, split, stage="drnet", *, first_batch=0, num_batches=0, share=(0, 1)
):
    """Make the endless batches that a stage trains on.

    Args:
        config: a `Config`.
        split: `"train"` or `"test"`.
        stage: `"drnet"` for dicts of named frames, another stage of `Config` for clips
            of the length that the stage is trained on.
        first_batch: number of the first batch; a run that stopped after k batches
            goes on with batch k.
        num_batches: number of batches before they repeat; 0 = they never do.
        share: `(i, n)` for the i-th of n equal shares of every batch, as n processes
            need them that train together.

    Returns:
        A `tf.data.Dataset`: see `sampling`.

    Raises:
        InputError: as `load_source`; or the stage is unknown, or a number negative, or
            the batch has no n equal shares.
    """
    check_count(first_batch, "first_batch", least=0)
    check_count(num_batches, "num_batches", least=0)
    batch_size = config.stage(stage).batch_size
    source = load_source(config, split, clip_length=config.clip_length(stage))
    if stage == "drnet":
        return sampling.frame_batches(
            source,
            batch_size=batch_size,
            max_step=config.data.max_step,
            second_content=config.drnet.similarity_weight > 0,
            neighbors=config.drnet.steadiness_weight > 0,
            num_content_frames=config.model.num_content_frames,
            seed=config.seed,
            first_batch=first_batch,
            num_batches=num_batches,
            share=share,
        )
    return sampling.clip_batches(
        source,
        batch_size=batch_size,
        first_batch=first_batch,
        num_batches=num_batches,
        share=share,
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
            config.data.clip_length,
            neighbors=config.drnet.steadiness_weight > 0,
            num_content_frames=config.model.num_content_frames,
        )


def has_known_digits(data):
    """Return whether a `DataConfig` is of digits that can be told apart."""
    return data.dataset == "moving_mnist" and can_name_digits(data)


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


@functools.lru_cache(maxsize=4)
def _read_clips(config, split):
    """Read a split once for all that a program does with it."""
    return read_clips(READERS[config.dataset](config), split)
