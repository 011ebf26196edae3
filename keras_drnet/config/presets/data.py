"""Sections of a configuration for each data set, for networks of any size."""

from typing import Any

from keras_drnet.config.schema import DataConfig


def kth(*, max_step: int = 18, **kwargs: Any) -> DataConfig:
    """Return KTH at its own 25 frames a second; other fields are up to the caller."""
    return DataConfig(
        dataset="kth",
        num_channels=1,
        max_step=max_step,
        num_past=10,
        frame_rate=25,
        trim_still=True,
        random_flip=True,
        **kwargs,
    )


def turning() -> DataConfig:
    """Return turning objects, 24 views a clip, any two of which may form a pair."""
    return DataConfig(
        dataset="rotating_objects", clip_length=24, max_step=23, num_past=5
    )


def sprites() -> DataConfig:
    """Return walking sprites, all eight frames of an action."""
    return DataConfig(dataset="sprites", clip_length=8, max_step=7, num_past=3)


def video_folder() -> DataConfig:
    """Return a folder of any videos, cut to squares."""
    return DataConfig(
        dataset="video_folder", test_fraction=0.1, random_flip=True, resize="crop"
    )
