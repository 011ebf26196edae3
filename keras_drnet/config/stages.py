"""Sections of a configuration for the stages of training, one a stage."""

import dataclasses
from typing import ClassVar

from keras_drnet.config.checks import (
    require,
    require_not_negative,
    require_positive,
    require_range,
)
from keras_drnet.errors import InputError

MAX_SIZE = 1 << 16  # Of batches, clips and layers: more does not fit into a memory.
MAX_DEPTH = 64  # Of layers and parts: a network of more takes minutes to build.


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """Training of one stage. Its section in `Config` has the stage's name.

    Class attributes:
        method: the method that the stage belongs to.
        networks: names of the networks that the stage trains and keeps, fields of
            `models.networks.Networks` or `MCNetNetworks`.
    """

    method: ClassVar[str] = "drnet"
    networks: ClassVar[tuple[str, ...]] = ()

    epochs: int = 200  # Epochs; an epoch ends with a checkpoint.
    steps_per_epoch: int = 600  # Batches in an epoch.
    batch_size: int = 100  # Clips in a batch.
    learning_rate: float = 2e-3  # Peak rate of Adam.
    beta_1: float = 0.5  # Adam's decay of the mean gradient.
    schedule: str = "constant"  # "constant" or "cosine" (down to 0 at the end).
    warmup_steps: int = 0  # Steps in which the rate rises from 0; 0 = none.
    clip_norm: float = 0.0  # Greatest norm of the whole gradient; 0 = no limit.
    average_momentum: float = 0.0  # Momentum of the weights' average; 0 = none.

    @property
    def num_steps(self) -> int:
        """Batches in the whole stage."""
        return self.epochs * self.steps_per_epoch

    def __post_init__(self) -> None:
        require(self, schedule=("constant", "cosine"))
        require_positive(self, "epochs", "steps_per_epoch", "learning_rate")
        require_not_negative(self, "warmup_steps", "clip_norm")
        if self.batch_size < 2:
            raise InputError(
                f"batch_size is {self.batch_size}; expected at least 2: the scene "
                "discriminator compares clips of one batch."
            )
        for key in ("average_momentum", "beta_1"):
            if not 0 <= getattr(self, key) < 1:
                raise InputError(
                    f"{key} is {getattr(self, key)}; expected a number from 0 to "
                    "below 1."
                )
        require_range(self, 2, MAX_SIZE, "batch_size")


@dataclasses.dataclass(frozen=True)
class DrNetConfig(TrainConfig):
    """Stage 1. Losses are means over elements: see `losses.drnet_losses`."""

    networks = ("content_encoder", "pose_encoder", "decoder", "scene_discriminator")

    similarity_weight: float = 0.01  # Weight of the similarity loss; 0 = off.
    steadiness_weight: float = 0.0  # Weight of the steadiness loss; 0 = off, the paper.
    decorrelation_weight: float = 0.0  # Of positions of different parts; 0 = off.
    adversarial_weight: float = 1e-4  # Weight of the adversarial loss; 0 = off.
    adversarial_warmup_steps: int = 0  # Steps in which it rises from 0; 0 = none.
    adversarial_positions: bool = True  # Of parts; false = their residuals alone.
    # What poses minimize: a name in `losses.objectives`.
    adversarial_objective: str = "uniform_target"
    discriminator_learning_rate: float = 2e-3  # Constant rate of its own Adam.

    def __post_init__(self) -> None:
        super().__post_init__()
        require_positive(self, "discriminator_learning_rate")
        require_not_negative(
            self,
            "similarity_weight",
            "steadiness_weight",
            "decorrelation_weight",
            "adversarial_weight",
            "adversarial_warmup_steps",
        )


@dataclasses.dataclass(frozen=True)
class PoseConfig(TrainConfig):
    """Stage 2, the pose LSTM on the frozen encoders."""

    networks = ("pose_lstm",)

    learning_rate: float = 2e-4
    beta_1: float = 0.9
    adapt_normalization: bool = False  # Normalizes poses by those that occur.
    free_running: bool = False  # Feeds predictions back after num_past, in training.
    absolute_error: bool = False  # The loss; false = squared, as in the paper.
    pose_noise: float = 0.0  # Deviation of noise on input poses; 0 = none.
    position_weight: float = 1.0  # Of parts' positions in the loss; residuals have 1.
    clip_length: int = 0  # Frames of its training clips; 0 = data.clip_length.
    cached_batches: int = 0  # Batches encoded once and used again; 0 = always new.

    def __post_init__(self) -> None:
        super().__post_init__()
        require_not_negative(self, "pose_noise", "cached_batches")
        require_positive(self, "position_weight")
        require_range(self, 0, MAX_SIZE, "clip_length")


@dataclasses.dataclass(frozen=True)
class JointConfig(TrainConfig):
    """Stage `joint`, not in the paper: joint training of pose encoder and LSTM.

    Its clips are as long as those of stage 2, and so is its kind of error.
    """

    networks = ("pose_encoder", "pose_lstm")

    epochs: int = 0  # 0 = no such stage.
    learning_rate: float = 1e-3
    beta_1: float = 0.9
    num_targets: int = 4  # Frames of a clip that are compared in a step.
    anchor_weight: float = 0.3  # Weight of the distance from the poses of stage 1.
    frame_weight: float = 0.0  # Weight of the error of the frames predicted; 0 = off.

    def __post_init__(self) -> None:
        if self.epochs != 0:
            super().__post_init__()
        require_range(self, 1, MAX_SIZE, "num_targets")
        require_not_negative(self, "anchor_weight", "frame_weight")


@dataclasses.dataclass(frozen=True)
class RolloutConfig(TrainConfig):
    """Stage `rollout`, not in the paper: the LSTM against a discriminator of poses.

    Its clips are as long as those of stage 2.
    """

    networks = ("pose_lstm",)

    epochs: int = 0  # 0 = no such stage.
    learning_rate: float = 3e-4
    rollout_length: int = 100  # Frames that are observed or predicted in training.
    adversarial_weight: float = 0.05  # Weight of the adversarial loss.
    discriminator_learning_rate: float = 1e-3  # Constant rate of its own Adam.
    discriminator_units: int = 128  # Units of its hidden layers.
    cached_batches: int = 0  # Batches encoded once and used again; 0 = always new.

    def __post_init__(self) -> None:
        if self.epochs != 0:
            super().__post_init__()
        require_positive(self, "discriminator_learning_rate")
        require_range(self, 1, MAX_SIZE, "rollout_length", "discriminator_units")
        require_not_negative(self, "adversarial_weight", "cached_batches")


@dataclasses.dataclass(frozen=True)
class MCNetConfig(TrainConfig):
    """The only stage of method "mcnet", with its authors' settings."""

    method = "mcnet"
    networks = ("motion_encoder", "frame_generator", "frame_discriminator")

    epochs: int = 100
    steps_per_epoch: int = 1000
    batch_size: int = 8
    learning_rate: float = 1e-4
    num_future: int = 10  # Frames predicted in training, each from the one before.
    image_weight: float = 1.0  # Weight of the image losses, squares and gradients.
    adversarial_weight: float = 0.02  # Weight of the generator's GAN loss; 0 = off.
    adapt_color: bool = False  # Starts from the frames' mean color instead of gray.

    def __post_init__(self) -> None:
        super().__post_init__()
        require_range(self, 1, MAX_SIZE, "num_future")
        require_not_negative(self, "image_weight", "adversarial_weight")
