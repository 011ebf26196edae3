"""Configuration: frozen dataclasses, JSON and overrides.

A `Config` describes a run completely, except for its folder. Get one from
`presets.PRESETS`, change it with `with_overrides`, keep it with `to_json`.
"""

import dataclasses
import json
from collections.abc import Iterable

from keras_drnet.checks.json_input import parse_json
from keras_drnet.config import renamed
from keras_drnet.config.checks import (
    require,
    require_not_negative,
    require_positive,
    require_range,
)
from keras_drnet.config.overrides import assign, flatten, from_dict
from keras_drnet.config.stages import (
    MAX_DEPTH,
    MAX_SIZE,
    DrNetConfig,
    JointConfig,
    MCNetConfig,
    PoseConfig,
    RolloutConfig,
    TrainConfig,
)
from keras_drnet.errors import InputError, choose


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """Data set, and how clips are sampled from it."""

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

    def recording(self) -> "DataConfig":
        """Return a copy with defaults for all that does not affect the pixels read."""
        kept = {key: getattr(self, key) for key in RECORDING_KEYS}
        return DataConfig(
            data_dir=self.data_dir, actions=self.actions, people=self.people, **kept
        )

    def __post_init__(self) -> None:
        require(
            self,
            num_channels=(1, 3),
            resize=("squash", "crop"),
            kth_split=("A", "B"),
        )
        require_positive(self, "num_objects")
        require_range(self, 1, MAX_SIZE, "clip_length", "num_past", "frame_rate")
        require_range(self, 1, MAX_SIZE, "num_digits", "image_size")
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
    """Families and sizes of the networks."""

    # "dcgan", "dcgan_unet", "vgg_unet", "resnet18", "none"; "parts" or "layered" in all
    # three.
    content_encoder: str = "dcgan"
    content_head: str = "conv"  # "conv" as the authors', or "max_pool": place-free.
    pose_encoder: str = "dcgan"  # "dcgan", "dcgan_keypoints" or "resnet18".
    decoder: str = "dcgan"  # As the content encoder; "dcgan" for "resnet18".
    content_dim: int = 128  # Dc, length of the content code.
    pose_dim: int = 10  # Dp, length of the pose code.
    num_filters: int = 64  # Filters of the first stage of encoders and decoder.
    normalize_pose: bool = False  # Whether a pose has unit L2 norm.
    discriminator_units: int = 100  # Width of the scene discriminator.
    standardize_pairs: bool = False  # Whether that sees poses of unit variance.
    lstm_units: int = 256  # Width of the pose LSTM, of each part's with lstm_per_part.
    lstm_layers: int = 2  # LSTM layers.
    lstm_predicts_change: bool = False  # Of the pose; false = the next pose itself.
    lstm_reads_content: bool = True  # Whether the next pose depends on content.
    lstm_reads_changes: int = 0  # Last changes of the pose that it reads; 0 = none.
    lstm_dropout: float = 0.0  # Share of its layers' inputs that training drops.
    # Only used by parts and layered.
    num_parts: int = 2  # K, parts of a frame, each with a position of its own.
    patch_size: int = 0  # Side of a part's patch, pixels; 0 = half the frame's side.
    localizer_filters: int = 16  # Filters of the localizer's first stage.
    lstm_per_part: bool = False  # Whether a part's next pose depends on it alone.
    # Only used by dcgan, resnet18 and parts.
    num_content_frames: int = 1  # Observed frames that content is read from.
    # Only used by parts.
    centered_parts: bool = False  # Whether a position is the centroid of its part.
    background: str = "black"  # Behind the parts: "black", or "learned".

    def __post_init__(self) -> None:
        require_range(
            self,
            1,
            MAX_SIZE,
            "content_dim",
            "pose_dim",
            "num_filters",
            "discriminator_units",
            "lstm_units",
            "localizer_filters",
            "num_content_frames",
        )
        require_range(self, 1, MAX_DEPTH, "lstm_layers", "num_parts")
        require_range(self, 0, MAX_DEPTH, "lstm_reads_changes")
        require_range(self, 0, 0.9, "lstm_dropout")
        if self.lstm_reads_changes and not self.lstm_predicts_change:
            raise InputError(
                f"lstm_reads_changes is {self.lstm_reads_changes}, but the LSTM gives "
                "the next pose itself; set lstm_predicts_change to true, or "
                "lstm_reads_changes to 0."
            )
        require_not_negative(self, "patch_size")
        require(self, background=("black", "learned"))


METHODS = ("drnet", "mcnet")


@dataclasses.dataclass(frozen=True)
class Config:
    """Complete configuration of a run, except for its folder."""

    method: str = "drnet"  # What predicts: "drnet" or, to compare it with, "mcnet".
    seed: int = 0  # Seed of weights, clips and choice of frames.
    precision: str = "auto"  # "auto" or a Keras dtype policy: "float32", ...
    initialize_from: str = ""  # Run whose weights training begins with; "" = new ones.
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    drnet: DrNetConfig = DrNetConfig()
    pose: PoseConfig = PoseConfig()
    joint: JointConfig = JointConfig()
    rollout: RolloutConfig = RolloutConfig()
    mcnet: MCNetConfig = MCNetConfig()

    def __post_init__(self) -> None:
        require(self, method=METHODS)
        require_not_negative(self, "seed")
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
    def method_name(self) -> str:
        """The name under which the method is compared with others."""
        if self.method == "drnet" and self.model.content_encoder == "none":
            return "autoencoder_lstm"
        return self.method

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of the stages, in the order of their training.

        Those of the method's sections that have epochs.
        """
        return tuple(n for n in stage_names(self.method) if getattr(self, n).epochs)

    def stage(self, name: str) -> TrainConfig:
        """Return the section of a stage of any method, a `TrainConfig`.

        Raises:
            InputError: there is no stage of that name.
        """
        sections: dict[str, TrainConfig] = {n: getattr(self, n) for n in stage_names()}
        return choose(sections, name, "stage")

    def clip_length(self, stage: str) -> int:
        """Return the number of frames of a stage's training clips."""
        if stage == "mcnet":
            return self.data.num_past + self.mcnet.num_future
        if stage == "drnet":
            return self.data.clip_length
        return self.pose.clip_length or self.data.clip_length

    def to_json(self) -> str:
        """Return the configuration as indented JSON."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Config":
        """Read what `to_json` wrote.

        Raises:
            InputError: the text is not JSON, or a key or value does not fit.
        """
        try:
            values = parse_json(text)
        except InputError as error:
            raise InputError(f"The configuration cannot be used: {error}.") from error
        if isinstance(values, dict):
            values = renamed.upgrade(values)
        return from_dict(cls, values)

    def first_difference(self, other: "Config") -> str | None:
        """Return the first difference from `other` as a phrase, or `None`."""
        mine, theirs = map(flatten, (self, other))
        for key, value in mine.items():
            if theirs[key] != value:
                return f"{key} is {value!r} there, {theirs[key]!r} was asked for"
        return None

    def with_overrides(self, overrides: Iterable[str]) -> "Config":
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


def stage_names(method: str | None = None) -> tuple[str, ...]:
    """Return the names of a method's stages, with and without epochs; None = of all."""
    return tuple(
        field.name
        for field in dataclasses.fields(Config)
        if isinstance(field.default, TrainConfig)
        and method in (None, field.default.method)
    )
