"""Presets with narrow networks, trained on two CPU cores.

What their docstrings say of time and figures was measured.
"""

import dataclasses
from typing import Any

from keras_drnet.config.presets import data
from keras_drnet.config.schema import Config, DataConfig, ModelConfig
from keras_drnet.config.stages import (
    DrNetConfig,
    MCNetConfig,
    PoseConfig,
    RolloutConfig,
)


def kth_small() -> Config:
    """KTH walking at 64x64 with narrow networks of layers, for two CPU cores.

    docs/concepts/layers.md explains the networks.

    Flags: --preset=kth_small --data_dir=kth
    Time: 29 minutes for stage 1 and 6 for stage 2, on two cores with bfloat16
        instructions, which did other work in stage 2.
    Figure: PSNR of 32.2 dB for the next frame and 27.0 dB 10 frames ahead, where a copy
        of the last frame has 28.7 and 19.2; sharpness of 0.64; people 21-25, scenarios
        d1 and d4.
    """
    return Config(
        data=data.kth(image_size=64, clip_length=40, max_step=30, actions="walking"),
        model=_layered(lstm_reads_changes=8),
        drnet=_layered_drnet(epochs=40),
        pose=_layered_pose(
            epochs=45,
            batch_size=64,
            cached_batches=256,
            clip_length=30,
            absolute_error=True,
        ),
        mcnet=_small_mcnet(),
    )


def kth_unet_small() -> Config:
    """KTH walking at 64x64 with narrow U-Net networks, as the paper has them.

    Flags: --preset=kth_unet_small --data_dir=kth
    Time: 57 and 8 minutes for stages 1 and 2, 4 for `rollout`, on one of two shared
        cores.
    Figure: PSNR of 27.7 dB over the next 10 frames, where a copy of the last frame has
        21.7; people 21-25, scenarios d1 and d4.
    """
    return Config(
        data=data.kth(image_size=64, clip_length=30, actions="walking"),
        model=_small_model("dcgan_unet"),
        drnet=_small_drnet(epochs=32),
        pose=_small_pose(epochs=60, batch_size=16, cached_batches=256),
        rollout=_small_rollout(
            epochs=3, steps_per_epoch=300, batch_size=32, cached_batches=128
        ),
        mcnet=_small_mcnet(),
    )


def coil100_small() -> Config:
    """COIL-100 at 64x64 with narrow networks, for two CPU cores.

    Flags: --preset=coil100_small --data_dir=coil-100
    Time: 40 minutes on one of two shared cores.
    Figure: PSNR of 15.6 dB over the next 20 views, where a copy of the last one has
        18.5: 20 objects to train on are too few.
    """
    return chairs_small().with_overrides(["drnet.epochs=10", "pose.epochs=10"])


def chairs_small() -> Config:
    """Procedural chairs at 64x64, with narrow networks, for two CPU cores.

    Flags: --preset=chairs_small
    Time: 105 minutes on one of two shared cores.
    Figure: PSNR of 17.3 dB over the next 19 views, where a copy of the last one has
        13.0; 42 chairs not seen in training.
    """
    return Config(
        data=data.turning(),
        model=_small_model("dcgan"),
        drnet=_small_drnet(epochs=28),
        pose=_small_pose(epochs=12, batch_size=16),
        mcnet=_small_mcnet(),
    )


def sprites_small() -> Config:
    """Sprites at 64x64 with narrow U-Net networks, for two CPU cores.

    Flags: --preset=sprites_small --data_dir=sprites
    Time: about 45 minutes on two cores that did much other work, too.
    Figure: PSNR of 29.3 dB over the next 5 frames, where a copy of the last one has
        18.2; 296 characters not seen in training.
    """
    model = dataclasses.replace(
        _small_model("dcgan_unet"),
        num_filters=20,  # Weights of 3.5 MB, for the package.
        lstm_units=64,
        standardize_pairs=True,
    )
    drnet = _small_drnet(epochs=30)
    return Config(
        data=data.sprites(),
        model=model,
        drnet=dataclasses.replace(drnet, adversarial_weight=0.03),
        pose=_small_pose(epochs=20, batch_size=32),
        mcnet=_small_mcnet(),
    )


def video_folder_small() -> Config:
    """A folder of your own videos at 64x64 with narrow networks of layers.

    For one thing that moves, a person or the like, in front of a steady camera.

    Flags: --preset=video_folder_small --data_dir=videos
    Time: about 20 minutes on two cores that did much other work, too.
    Figure: depends on the videos; PSNR of 23.1 dB over the next 10 frames, where a copy
        of the last one has 18.5, for 190 clips of people who walk, run, box or wave.
    """
    return Config(
        data=data.video_folder(),
        model=_layered(lstm_reads_changes=4),
        drnet=_layered_drnet(epochs=10),
        pose=_layered_pose(epochs=20, batch_size=32),
        mcnet=_small_mcnet(),
    )


def tiny() -> Config:
    """A few steps of very small networks, for end-to-end tests only.

    Flags: --preset=tiny
    Time: 20 seconds. Figure: none; it learns nothing.
    """
    return Config(
        precision="float32",
        data=DataConfig(image_size=32, clip_length=8, max_step=5, num_past=3),
        model=ModelConfig(
            content_dim=8,
            pose_dim=4,
            num_filters=4,
            discriminator_units=8,
            lstm_units=8,
        ),
        drnet=DrNetConfig(epochs=3, steps_per_epoch=4, batch_size=4),
        pose=PoseConfig(epochs=2, steps_per_epoch=3, batch_size=4),
    )


def _small_model(family: str) -> ModelConfig:
    num_filters = 24 if family == "dcgan_unet" else 32
    return ModelConfig(
        content_encoder=family, decoder=family, num_filters=num_filters, lstm_units=128
    )


def _layered(**settings: Any) -> ModelConfig:
    return ModelConfig(
        content_encoder="layered",
        pose_encoder="layered",
        decoder="layered",
        num_parts=1,
        patch_size=48,
        pose_dim=18,
        content_dim=32,
        num_filters=24,
        localizer_filters=12,
        lstm_units=64,
        lstm_predicts_change=True,
        lstm_reads_content=False,
        lstm_dropout=0.3,
        **settings,
    )


def _layered_drnet(epochs: int) -> DrNetConfig:
    return dataclasses.replace(
        _small_drnet(epochs),
        batch_size=16,
        learning_rate=2e-3,
        similarity_weight=0.0,
        adversarial_weight=5e-3,
        adversarial_warmup_steps=2000,
        adversarial_positions=False,
    )


def _layered_pose(cached_batches: int = 128, **settings: Any) -> PoseConfig:
    return _small_pose(
        cached_batches=cached_batches,
        learning_rate=3e-3,
        position_weight=10.0,
        **settings,
    )


def _small_drnet(epochs: int) -> DrNetConfig:
    return DrNetConfig(
        epochs=epochs,
        steps_per_epoch=500,
        batch_size=32,
        learning_rate=4e-3,
        schedule="cosine",
        warmup_steps=100,
        adversarial_weight=1e-2,
    )


def _small_pose(learning_rate: float = 2e-3, **settings: Any) -> PoseConfig:
    return PoseConfig(
        steps_per_epoch=100,
        learning_rate=learning_rate,
        schedule="cosine",
        warmup_steps=20,
        clip_norm=1.0,
        adapt_normalization=True,
        free_running=True,
        **settings,
    )


def _small_rollout(**sizes: Any) -> RolloutConfig:
    return RolloutConfig(schedule="cosine", warmup_steps=50, clip_norm=1.0, **sizes)


def _small_mcnet() -> MCNetConfig:
    return MCNetConfig(
        epochs=30,
        steps_per_epoch=100,
        learning_rate=5e-4,
        schedule="cosine",
        warmup_steps=100,
    )
