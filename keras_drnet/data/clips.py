"""Recorded clips, and the interface of the readers that load them from files."""

import abc
import dataclasses
import hashlib
import os

import numpy as np

from keras_drnet.errors import InputError

SPLITS = ("train", "test")


class BadFile(Exception):
    """A file that cannot be used: damaged, cut short or not what its name says.

    Code that reads many files skips such a file and reports it.
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
        name: unique name within the data set.
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
        """Return a checksum of the frames, by which duplicates are found."""
        shape = str(self.frames.shape).encode()
        return hashlib.sha256(shape + self.frames.tobytes()).hexdigest()


@dataclasses.dataclass(frozen=True)
class ClipEntry:
    """A clip without its frames: an entry in a list of stored clips.

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


class ClipReader(abc.ABC):
    """Interface of all readers of recorded clips; each knows one layout of files.

    An item is a unit of work: a video file, an object, a character. A reader is made
    from a `DataConfig` alone, so that worker processes can make their own.

    Attributes:
        config: the `DataConfig`.
    """

    def __init__(self, config):
        """Hold the configuration; files are listed when they are first needed."""
        self.config = config

    @abc.abstractmethod
    def items(self, split):
        """Return the names of the items of a split, sorted.

        Args:
            split: `"train"` or `"test"`.

        Raises:
            InputError: the split is unknown, or the data are missing or damaged.
        """

    @abc.abstractmethod
    def read(self, item):
        """Return the clips of an item, a list of `Clip`.

        Args:
            item: one of the names from `items`.

        Raises:
            BadFile: a file of the item cannot be used.
        """

    def keeps(self, labels):
        """Return whether the configuration selects clips with these labels."""
        return True

    @property
    def passed_over(self):
        """Files of the folder that are not read, to the reasons."""
        return {}


def split_names(names, split, test_fraction):
    """Choose the names of one split; the splits share none.

    The names are sorted by their SHA-256. The first `test_fraction` of them, rounded
    up, are for testing: a choice that does not depend on where the files are or in
    which order a disk lists them.

    Args:
        names: distinct names of files, objects or characters.
        split: `"train"` or `"test"`.
        test_fraction: fraction of the names that is for testing, in (0, 1).

    Returns:
        The names of the split, sorted.

    Raises:
        InputError: the split is unknown, or there are fewer than two names.
    """
    check_split(split)
    if len(names) < 2:
        raise InputError(
            f"The data set has {len(names)} videos or objects; expected at least 2, "
            "one for training and one for testing. Add more."
        )
    ranked = sorted(names, key=lambda n: hashlib.sha256(os.fsencode(n)).digest())
    num_test = min(-int(-test_fraction * len(names) // 1), len(names) - 1)
    return sorted(ranked[:num_test] if split == "test" else ranked[num_test:])


def check_split(split):
    """Raise `InputError` unless the split is one of `SPLITS`."""
    if split not in SPLITS:
        raise InputError(f"Unknown split {split!r}; expected one of {list(SPLITS)}.")
