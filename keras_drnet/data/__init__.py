"""Clips and the training examples made of them."""

import dataclasses

from keras_drnet.data import sampling
from keras_drnet.data.moving_mnist import MovingMNIST
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


# Name to a function of (DataConfig, split, seed) that makes a source of clips.
DATASETS = {"moving_mnist": _moving_mnist}
STAGES = ("drnet", "pose")


def load_source(config, split, *, clip_length=0):
    """Opens the clips of one split.

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
    return choose(DATASETS, data.dataset, "dataset")(data, split, config.seed)


def load_dataset(config, split, stage="drnet", *, first_batch=0):
    """Makes the endless batches that a stage trains on.

    Args:
        config: a `Config`.
        split: `"train"` or `"test"`.
        stage: `"drnet"` for dicts of four named frames, `"pose"` for whole clips.
        first_batch: number of the first batch; a run that stopped after k batches
            goes on with batch k.

    Returns:
        A `tf.data.Dataset`: see `sampling`.
    """
    source = load_source(config, split)
    if stage == "drnet":
        return sampling.frame_batches(
            source,
            batch_size=config.drnet.batch_size,
            max_step=config.data.max_step,
            seed=config.seed,
            first_batch=first_batch,
        )
    choose(dict.fromkeys(STAGES), stage, "stage")
    return sampling.clip_batches(
        source, batch_size=config.pose.batch_size, first_batch=first_batch
    )


__all__ = ["DATASETS", "load_dataset", "load_source"]
