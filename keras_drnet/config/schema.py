"""Configuration: frozen dataclasses, JSON and overrides.

A `Config` says everything about a run but the folder it is kept in. Get one from
`presets.PRESETS`, change it with `with_overrides`, keep it with `to_json`.
"""

import dataclasses
import json
from typing import ClassVar

from keras_drnet.config import renamed
from keras_drnet.config.overrides import assign, flatten, from_dict
from keras_drnet.errors import InputError, choose


def _require(section, **choices):
    for key, valid in choices.items():
        if getattr(section, key) not in valid:
            raise InputError(
                f"{key} is {getattr(section, key)!r}; expected one of {list(valid)}."
            )


def _require_positive(section, *keys):
    for key in keys:
        if not getattr(section, key) > 0:
            raise InputError(
                f"{key} is {getattr(section, key)}; expected a number above 0."
            )


def _require_not_negative(section, *keys):
    for key in keys:
        if not getattr(section, key) >= 0:
            raise InputError(
                f"{key} is {getattr(section, key)}; expected 0 or a number above."
            )


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """What the clips are and how they are sampled."""

    dataset: str = "moving_mnist"  # Name in keras_drnet.data.DATASETS.
    data_dir: str = ""  # Raw data or shards; "" = data that needs no download.
    image_size: int = 64  # Side of a frame, pixels: 32, 64, 128 or 256.
    num_channels: int = 3  # Color channels: 1 or 3.
    clip_length: int = 20  # Frames of a training clip.
    max_step: int = 12  # Greatest distance of two of DrNet's four frames, frames.
    num_past: int = 5  # Observed frames before a prediction.
    frame_rate: int = 8  # Frames a second: own videos are sampled, all written at it.
    # Only used by recorded clips: all but moving_mnist.
    resize: str = "squash"  # Other shapes to squares: "squash", or "crop" the center.
    test_fraction: float = 0.15  # Share of objects or files for testing.
    random_flip: bool = False  # Whether every other training clip is mirrored.
    # Only used by kth.
    kth_split: str = "B"  # People: "A" = 1-16 / 17-25, "B" = 1-20 / 21-25.
    actions: str = ""  # Names with commas between: "walking,running"; "" = all.
    people: str = ""  # Numbers with commas between: "1,2,21"; "" = all.
    trim_still: bool = False  # Cuts frames off either end in which nobody moves.
    # Only used by rotating_objects.
    num_objects: int = 280  # Chairs to draw where data_dir is empty.
    # Only used by moving_mnist.
    num_digits: int = 2  # Digits in a clip, one a color channel.
    integer_velocity: bool = True  # Whole pixels a frame; false = fractions.
    digit_source: str = "embedded"  # "embedded" or "keras"; data_dir comes first.

    def recording(self):
        """Return a copy in which only what decides the pixels read is not default."""
        kept = {key: getattr(self, key) for key in RECORDING_KEYS}
        return DataConfig(
            data_dir=self.data_dir, actions=self.actions, people=self.people, **kept
        )

    def __post_init__(self):
        _require(
            self,
            num_channels=(1, 3),
            resize=("squash", "crop"),
            kth_split=("A", "B"),
        )
        _require_positive(
            self, "clip_length", "num_past", "frame_rate", "num_digits", "num_objects"
        )
        if not 0 < self.test_fraction < 1:
            raise InputError(
                f"test_fraction is {self.test_fraction}; expected a number between 0 "
                "and 1."
            )
        if self.num_past >= self.clip_length:
            raise InputError(
                f"num_past is {self.num_past}, but clip_length is {self.clip_length}; "
                "expected fewer past frames than a clip has, so that one is left to "
                "predict."
            )


# The keys of `DataConfig` that decide what a reader makes of its files.
RECORDING_KEYS = (
    "dataset",
    "image_size",
    "num_channels",
    "frame_rate",
    "resize",
    "test_fraction",
    "kth_split",
    "trim_still",
    "num_objects",
)


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """The networks: which, and how wide."""

    content_encoder: str = "dcgan"  # "dcgan_unet", "vgg_unet", "resnet18", "none".
    content_head: str = "conv"  # "conv" as the authors', or "max_pool": place-free.
    pose_encoder: str = "dcgan"  # "dcgan", "dcgan_keypoints" or "resnet18".
    decoder: str = "dcgan"  # As the content encoder; "dcgan" for "resnet18".
    content_dim: int = 128  # Dc, length of the content code.
    pose_dim: int = 10  # Dp, length of the pose code.
    num_filters: int = 64  # Filters of the first stage of encoders and decoder.
    normalize_pose: bool = False  # Whether a pose has unit L2 norm.
    discriminator_units: int = 100  # Width of the scene discriminator.
    standardize_pairs: bool = False  # Whether that sees poses of unit variance.
    lstm_units: int = 256  # Width of the pose LSTM.
    lstm_layers: int = 2  # LSTM layers.

    def __post_init__(self):
        _require_positive(
            self,
            "content_dim",
            "pose_dim",
            "num_filters",
            "discriminator_units",
            "lstm_units",
            "lstm_layers",
        )


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """How one stage is trained. Its section in `Config` has the stage's name.

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
    def num_steps(self):
        """Batches in the whole stage."""
        return self.epochs * self.steps_per_epoch

    def __post_init__(self):
        _require(self, schedule=("constant", "cosine"))
        _require_positive(self, "epochs", "steps_per_epoch", "learning_rate")
        _require_not_negative(self, "warmup_steps", "clip_norm")
        if self.batch_size < 2:
            raise InputError(
                f"batch_size is {self.batch_size}; expected at least 2: the scene "
                "discriminator compares clips of one batch."
            )
        if not 0 <= self.average_momentum < 1:
            raise InputError(
                f"average_momentum is {self.average_momentum}; expected a number "
                "from 0 (no average) to below 1."
            )


@dataclasses.dataclass(frozen=True)
class DrNetConfig(TrainConfig):
    """Stage 1. Losses are means over elements: see `losses.drnet_losses`."""

    networks = ("content_encoder", "pose_encoder", "decoder", "scene_discriminator")

    similarity_weight: float = 0.01  # Weight of the similarity loss; 0 = off.
    steadiness_weight: float = 0.0  # Weight of the steadiness loss; 0 = off, the paper.
    adversarial_weight: float = 1e-4  # Weight of the adversarial loss; 0 = off.
    adversarial_warmup_steps: int = 0  # Steps in which it rises from 0; 0 = none.
    # What poses minimize: a name in `losses.objectives`.
    adversarial_objective: str = "uniform_target"
    discriminator_learning_rate: float = 2e-3  # Constant rate of its own Adam.

    def __post_init__(self):
        super().__post_init__()
        _require_positive(self, "discriminator_learning_rate")
        _require_not_negative(
            self,
            "similarity_weight",
            "steadiness_weight",
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
    clip_length: int = 0  # Frames of its training clips; 0 = data.clip_length.
    cached_batches: int = 0  # Batches encoded once and used again; 0 = always new.

    def __post_init__(self):
        super().__post_init__()
        _require_not_negative(self, "pose_noise", "clip_length", "cached_batches")


@dataclasses.dataclass(frozen=True)
class JointConfig(TrainConfig):
    """Stage `joint`, not in the paper: pose encoder and LSTM learn to predict together.

    Its clips are as long as those of stage 2, and so is its kind of error.
    """

    networks = ("pose_encoder", "pose_lstm")

    epochs: int = 0  # 0 = no such stage.
    learning_rate: float = 1e-3
    beta_1: float = 0.9
    num_targets: int = 4  # Frames of a clip that are compared in a step.
    anchor_weight: float = 0.3  # Weight of the distance from the poses of stage 1.
    frame_weight: float = 0.0  # Weight of the error of the frames predicted; 0 = off.

    def __post_init__(self):
        if self.epochs != 0:
            super().__post_init__()
        _require_positive(self, "num_targets")
        _require_not_negative(self, "anchor_weight", "frame_weight")


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

    def __post_init__(self):
        if self.epochs != 0:
            super().__post_init__()
        _require_positive(
            self, "rollout_length", "discriminator_units", "discriminator_learning_rate"
        )
        _require_not_negative(self, "adversarial_weight", "cached_batches")


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

    def __post_init__(self):
        super().__post_init__()
        _require_positive(self, "num_future")
        _require_not_negative(self, "image_weight", "adversarial_weight")


METHODS = ("drnet", "mcnet")


@dataclasses.dataclass(frozen=True)
class Config:
    """Everything about a run but the folder it is kept in."""

    method: str = "drnet"  # What predicts: "drnet" or, to compare it with, "mcnet".
    seed: int = 0  # Seed of weights, clips and choice of frames.
    precision: str = "auto"  # "auto" or a Keras dtype policy: "float32", ...
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    drnet: DrNetConfig = DrNetConfig()
    pose: PoseConfig = PoseConfig()
    joint: JointConfig = JointConfig()
    rollout: RolloutConfig = RolloutConfig()
    mcnet: MCNetConfig = MCNetConfig()

    def __post_init__(self):
        _require(self, method=METHODS)
        _require_not_negative(self, "seed")
        num_past = self.data.num_past
        if 0 < self.pose.clip_length <= num_past:
            raise InputError(
                f"pose.clip_length is {self.pose.clip_length}, but {num_past} frames "
                f"are observed (data.num_past); expected at least {num_past + 1}, or 0."
            )
        clip_length = self.clip_length("pose")
        if self.joint.epochs and self.joint.num_targets >= clip_length:
            raise InputError(
                f"joint.num_targets is {self.joint.num_targets}, but clips of the pose "
                f"LSTM have {clip_length} frames, of which the first is not predicted; "
                f"expected at most {clip_length - 1}."
            )
        # Two predicted poses, so that there is a change for the discriminator to see.
        least = max(clip_length, num_past + 2)
        if self.rollout.epochs and self.rollout.rollout_length < least:
            raise InputError(
                f"rollout.rollout_length is {self.rollout.rollout_length}, but clips "
                f"of the pose LSTM have {clip_length} frames, {num_past} of them "
                f"observed; expected at least {least}."
            )

    @property
    def method_name(self):
        """The name under which the method is compared with others."""
        if self.method == "drnet" and self.model.content_encoder == "none":
            return "autoencoder_lstm"
        return self.method

    @property
    def stages(self):
        """Names of the stages, in the order of their training.

        Those of the method's sections that have epochs.
        """
        return tuple(n for n in stage_names(self.method) if getattr(self, n).epochs)

    def stage(self, name):
        """Return the section of a stage of any method, a `TrainConfig`.

        Raises:
            InputError: there is no stage of that name.
        """
        return choose({n: getattr(self, n) for n in stage_names()}, name, "stage")

    def clip_length(self, stage):
        """Return the number of frames of a stage's training clips."""
        if stage == "mcnet":
            return self.data.num_past + self.mcnet.num_future
        if stage == "drnet":
            return self.data.clip_length
        return self.pose.clip_length or self.data.clip_length

    def to_json(self):
        """Return the configuration as indented JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text):
        """Read what `to_json` wrote.

        Raises:
            InputError: the text is not JSON, or a key or value does not fit.
        """
        try:
            values = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(f"The configuration is not JSON: {error}.") from error
        if isinstance(values, dict):
            values = renamed.upgrade(values)
        return from_dict(cls, values)

    def first_difference(self, other):
        """Return what differs first in `other`, as a phrase, or `None`."""
        mine, theirs = map(flatten, (self, other))
        for key, value in mine.items():
            if theirs[key] != value:
                return f"{key} is {value!r} there, {theirs[key]!r} was asked for"
        return None

    def with_overrides(self, overrides):
        """Return a copy with some values changed, all at once.

        Args:
            overrides: strings `section.key=value` or `key=value`, for example
                `drnet.learning_rate=0.001`.

        Raises:
            InputError: an unknown key (the nearest one is named), a value of another
                type, or values that do not go together.
        """
        values = dataclasses.asdict(self)
        for override in overrides:
            path, equals, text = override.partition("=")
            if not equals:
                raise InputError(
                    f"Override {override!r} has no '='; expected key=value, such as "
                    "drnet.learning_rate=0.001."
                )
            assign(values, *renamed.upgrade_override(path.strip(), text.strip()))
        return from_dict(type(self), values)


def stage_names(method=None):
    """Return the names of a method's stages, with and without epochs; None = of all."""
    return tuple(
        field.name
        for field in dataclasses.fields(Config)
        if isinstance(field.default, TrainConfig)
        and method in (None, field.default.method)
    )
