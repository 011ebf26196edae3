"""Recorded clips: what a reader of files hands over, and how it refuses a file.

A reader knows one layout of files. It is made from a `DataConfig` alone, so that
worker processes can make their own, and has

    items(split)   names of the units of work of a split, "train" or "test", sorted:
                   a video file, an object, a character
    read(item)     the item's clips, a list of `Clip`; raises `BadFile`
"""

import dataclasses
import hashlib
import typing

import numpy as np

from keras_drnet.errors import InputError

SPLITS = ("train", "test")


class BadFile(Exception):
    """A file cannot be used: it is damaged, cut short or not what its name says.

    Whoever reads many files goes on with the others and reports this one.
    """

    def __init__(self, path, reason):
        super().__init__(str(path), reason)
        self.path = str(path)
        self.reason = reason

    def __str__(self):
        return f"{self.path}: {self.reason}"


@dataclasses.dataclass(frozen=True)
class Clip:
    """A recorded clip.

    Attributes:
        name: what tells it from all other clips of its data set.
        frames: uint8 `[T, H, W, C]`.
        labels: what is known of the clip, name to value, such as
            `{"person": "01", "action": "walking"}`. Training does not need any.
        periodic: whether the first frame follows the last, as in a full turn.
    """

    name: str
    frames: np.ndarray
    labels: dict[str, str]
    periodic: bool = False

    def fingerprint(self):
        """Return a number of the frames, by which to know a clip that came twice."""
        shape = str(self.frames.shape).encode()
        return hashlib.sha256(shape + self.frames.tobytes()).hexdigest()


@dataclasses.dataclass(frozen=True)
class ClipEntry:
    """A clip without its frames: an entry in a list of what is stored.

    Attributes:
        name: see `Clip`.
        labels: see `Clip`.
        num_frames: frames of the clip, at least 2.
        periodic: see `Clip`.
    """

    name: str
    labels: dict[str, str]
    num_frames: int
    periodic: bool


class Reader(typing.Protocol):
    """What every reader has; see the module's docstring."""

    def items(self, split: str) -> list[str]: ...

    def read(self, item: str) -> list[Clip]: ...


def split_names(names, split, test_fraction):
    """Choose the names of one split; the two share none.

    The names are put in the order of their SHA-256. The first `test_fraction` of
    them, rounded up, are for testing: a choice that does not depend on where the
    files lie or in which order a disk lists them.

    Args:
        names: distinct names of files, objects or characters.
        split: `"train"` or `"test"`.
        test_fraction: share of the names that is for testing, in (0, 1).

    Returns:
        The names of the split, sorted.

    Raises:
        InputError: the split is unknown, or there are fewer than two names.
    """
    check_split(split)
    if len(names) < 2:
        raise InputError(
            f"There are {len(names)} clips' files to split into training and test "
            "data; expected at least 2, one for each."
        )
    ranked = sorted(names, key=lambda n: hashlib.sha256(n.encode()).digest())
    num_test = min(-int(-test_fraction * len(names) // 1), len(names) - 1)
    return sorted(ranked[:num_test] if split == "test" else ranked[num_test:])


def check_split(split):
    """Raise `InputError` unless the split is one of `SPLITS`."""
    if split not in SPLITS:
        raise InputError(f"Unknown split {split!r}; expected one of {list(SPLITS)}.")
