"""Contents of `metrics.json` and `probes.json`: what `evaluate` and `probe` measured.

A field with a default is missing in files of older releases, or where it cannot be
measured; `None` = not known.
"""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Clips:
    """Clips that predictions were compared on.

    Attributes:
        count: number of clips.
        num_past: observed frames of each.
        num_future: predicted frames of each.
        sha256: of all frames; equal where the clips are the same.
        seed: seed of the run, which chooses the clips.
        recordings: recordings that the clips were cut from.
    """

    count: int
    num_past: int
    num_future: int
    sha256: str
    seed: int | None = None
    recordings: int | None = None


@dataclasses.dataclass(frozen=True)
class Curves:
    """Means over clips, one for each predicted frame; see `evaluation.prediction`."""

    psnr: list[float]
    ssim: list[float]
    psnr_interval: list[tuple[float, float]] | None = None
    ssim_interval: list[tuple[float, float]] | None = None
    sharpness: list[float] | None = None


@dataclasses.dataclass(frozen=True)
class Digits:
    """Digits that a classifier finds in predicted frames.

    Attributes:
        steps: numbers of the frames, from the last observed one.
        real: for each, accuracy on the real frame.
        generated_given_real: accuracy on the predicted frame where it is right on the
            real one.
        within_3_pixels: share of digits near their true position.
        num_clips: clips that they were counted in.
    """

    steps: list[int]
    real: list[float | None]
    generated_given_real: list[float | None]
    within_3_pixels: list[float | None]
    num_clips: int | None = None


@dataclasses.dataclass(frozen=True)
class Metrics:
    """Content of `metrics.json`.

    Attributes:
        name: name of the run folder.
        method: method of the run, a key of `prediction`.
        dataset: name of the data set.
        clips: the clips of `prediction`.
        prediction: dict of method to its `Curves`.
        train_steps: dict of stage to steps trained.
        train_seconds: dict of stage to the time that they took; 0 = not known.
        reconstruction_mse: mean squared error of reconstructed frames; for this and
            the following see `evaluation.prediction.evaluate_split`.
        swap_mse: the same of frames with the content of another clip.
        swap_change_mse: distance between the two.
        blank_mse: mean squared error of blank frames.
        scene_accuracy: accuracy of the scene discriminator of the training.
        digits: what a classifier recognizes, of Moving MNIST.
    """

    name: str
    method: str
    dataset: str
    clips: Clips
    prediction: dict[str, Curves]
    train_steps: dict[str, int] = dataclasses.field(default_factory=dict)
    train_seconds: dict[str, float] = dataclasses.field(default_factory=dict)
    reconstruction_mse: float | None = None
    swap_mse: float | None = None
    swap_change_mse: float | None = None
    blank_mse: float | None = None
    scene_accuracy: float | None = None
    digits: Digits | None = None


@dataclasses.dataclass(frozen=True)
class Scores:
    """Accuracy of probes, or the variance that they explain (R squared)."""

    linear: float | None
    mlp: float | None


@dataclasses.dataclass(frozen=True)
class Factor:
    """A factor of classes, and what probes read off either code.

    Attributes:
        kind: "static" or "dynamic" within a clip.
        classes: number of classes.
        chance: accuracy of always guessing the most frequent class.
        content: `Scores` of the content.
        pose: `Scores` of the pose.
    """

    kind: str
    classes: int
    chance: float | None
    content: Scores
    pose: Scores


@dataclasses.dataclass(frozen=True)
class Quantity:
    """A factor of real values; see `Factor`."""

    kind: str
    content: Scores
    pose: Scores


@dataclasses.dataclass(frozen=True)
class SceneProbe:
    """Accuracy of a fresh scene discriminator: on poses, and on the true factors."""

    accuracy: float | None
    floor: float | None = None


@dataclasses.dataclass(frozen=True)
class SwapScores:
    """Accuracy of a classifier on swapped frames.

    Attributes:
        real: on real frames.
        swapped: how often it finds the factor that the swap keeps.
        other: how often it finds that of the other clip.
    """

    real: float | None = None
    swapped: float | None = None
    other: float | None = None


@dataclasses.dataclass(frozen=True)
class Neighbors:
    """Distances of generated frames to training frames, over those of real frames."""

    pixel_ratio: float | None
    pose_ratio: float | None


@dataclasses.dataclass(frozen=True)
class CodeProbes:
    """Content of `probes.json` of a run with content and pose.

    Attributes:
        factors: dict of name to `Factor`.
        quantities: dict of name to `Quantity`.
        num_train_clips: clips that taught the probes.
        num_test_clips: clips that tested them.
        fresh_scene_discriminator: its `SceneProbe`.
        judge: dict of factor to `SwapScores`.
        neighbours: `Neighbors`.
        digits: `Digits`, where digits are known.
    """

    factors: dict[str, Factor]
    quantities: dict[str, Quantity]
    num_train_clips: int
    num_test_clips: int
    fresh_scene_discriminator: SceneProbe
    judge: dict[str, SwapScores]
    neighbours: Neighbors
    digits: Digits | None = None


@dataclasses.dataclass(frozen=True)
class DigitProbes:
    """Content of `probes.json` of a run without codes."""

    digits: Digits
