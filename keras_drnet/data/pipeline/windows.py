"""Sources of recorded clips: the window of a recording that each index stands for.

Each round goes through all recordings once, in a new random order; windows start
anywhere in a recording. Both are pure functions of `(seed, split, index)`, as for
clips that are drawn: training resumes at batch k without reading the batches before
it, and neighbors in a batch are windows of different recordings.
"""

import abc
import typing

import numpy as np
import tensorflow as tf
import tqdm
from absl import logging

from keras_drnet.data.clip_source import ClipSource
from keras_drnet.data.clips import SPLITS, BadFile, ClipEntry, check_split
from keras_drnet.data.factors import Factor
from keras_drnet.data.stateless_random import clip_uniforms, shuffled
from keras_drnet.errors import InputError

# Make the numbers that order the clips independent of those that place the windows.
ORDER_STREAM = 2_000_003
WINDOW_STREAM = 3_000_017
NUM_PHASES = 8  # Classes of the factor "phase".


class RecordedClips(ClipSource):
    """Windows of recorded clips; subclasses read the frames.

    Attributes:
        clip_length: frames of a window, T.
        names: names of the recordings that are long enough.
        labels: their labels, dicts of name to value.
    """

    def __init__(self, entries, *, split, clip_length, seed=0, random_flip=False):
        """Select the recordings that are long enough.

        Args:
            entries: list of `ClipEntry`. A periodic clip continues from its last
                frame to its first and so is long enough for any window.
            split: `"train"` or `"test"`; only training clips are mirrored.
            clip_length: frames of a window.
            seed: two sources of one seed and split give the same windows.
            random_flip: whether to mirror half of the windows, chosen at random.

        Raises:
            InputError: no recording is long enough.
        """
        check_split(split)
        chosen = [
            number
            for number, entry in enumerate(entries)
            if entry.periodic or entry.num_frames >= clip_length
        ]
        num_short = len(entries) - len(chosen)
        if not chosen:
            longest = max((e.num_frames for e in entries), default=0)
            raise InputError(
                f"None of the {len(entries)} {split} clips has {clip_length} frames; "
                f"the longest has {longest}. Choose a smaller data.clip_length or "
                "pose.clip_length, or other clips with data.actions and data.people."
            )
        if num_short:
            logging.warning(
                "%d of %d %s clips have fewer than %d frames and are left out.",
                num_short,
                len(entries),
                split,
                clip_length,
            )
        self.clip_length = clip_length
        self._chosen = chosen  # Indices into `entries`.
        self.names = [entries[n].name for n in chosen]
        self.labels = [entries[n].labels for n in chosen]
        self._num_frames = tf.constant(
            [entries[n].num_frames for n in chosen], tf.int64
        )
        self._periodic = tf.constant([entries[n].periodic for n in chosen])
        self._seed = seed
        self._split = SPLITS.index(split)
        self._flip = random_flip and split == "train"

    def frames(self, indices, times):
        """Return chosen frames of chosen windows; see `ClipSource.frames`."""
        clips, positions, mirrored = self._windows(indices, times)
        frames = tf.cast(self._read(clips, positions), tf.float32) / 255.0
        if self._flip:
            mirrored = mirrored[:, None, None, None, None]
            frames = tf.where(mirrored, frames[:, :, :, ::-1], frames)
        return frames

    def factors(self, indices, times):
        """Return the labels of windows and the phase of their frames.

        Args:
            indices: int64 `[B]`, indices of windows.
            times: int32 `[B, K]`, frame numbers.

        Returns:
            A dict of `Factor`s. Each label that all recordings have is a static one.
            If the recordings are equally long and some are periodic, `phase` is the
            eighth of the recording that a frame is in, from 0; if all are periodic,
            `phase_sin` and `phase_cos` are the sine and cosine of the phase angle.
        """
        clips, positions, _ = self._windows(indices, times)
        clips, positions = clips.numpy(), positions.numpy()
        factors = {}
        for key in sorted(set.intersection(*map(set, self.labels))):
            values = np.array([labels[key] for labels in self.labels])
            names, classes = np.unique(values, return_inverse=True)
            factors[key] = Factor(classes[clips], "static", tuple(names.tolist()))
        lengths, periodic = self._num_frames.numpy(), self._periodic.numpy()
        if periodic.any() and np.all(lengths == lengths[0]):
            turns = positions / lengths[0]
            names = tuple(map(str, range(NUM_PHASES)))
            phases = (turns * NUM_PHASES).astype(int)
            factors["phase"] = Factor(phases, "dynamic", names)
            if periodic.all():
                angles = 2 * np.pi * turns
                factors["phase_sin"] = Factor(np.sin(angles), "dynamic")
                factors["phase_cos"] = Factor(np.cos(angles), "dynamic")
        return factors

    def halves(self, indices):
        """Divide windows into two halves that share no recording.

        Recordings are sorted by name and assigned in pairs, so that both halves have
        recordings of each object or person, and of each direction where every other
        recording is the way back.

        Args:
            indices: int64 `[B]`, indices of windows.

        Returns:
            int array `[B]`, 0 or 1.
        """
        ranks = np.argsort(np.argsort(self.names))
        return ranks[self.recording_ids(indices)] // 2 % 2

    def recording_ids(self, indices):
        """Return the recording of each window, int64 `[B]`, indices into `names`."""
        return self._recordings(indices).numpy()

    def longest_window(self, num_recordings):
        """Return the greatest clip length that so many recordings allow.

        Args:
            num_recordings: number of recordings; all, if there are fewer.

        Returns:
            A number of frames, or `None` if enough recordings are periodic.
        """
        lengths = np.where(self._periodic, np.inf, self._num_frames)
        longest = np.sort(lengths)[::-1][: max(num_recordings, 1)][-1]
        return int(longest) if np.isfinite(longest) else None

    def _recordings(self, indices):
        num_recordings = tf.size(self._num_frames, tf.int64)
        return shuffled(indices, num_recordings, self._stream(ORDER_STREAM))

    def _windows(self, indices, times):
        """Choose windows.

        Args:
            indices: int64 `[B]`, indices of windows.
            times: int32 `[B, K]`, frame numbers in the windows.

        Returns:
            `(clips, positions, mirrored)`: recordings, int64 `[B]`, frame numbers in
            them, int64 `[B, K]`, and whether to mirror them, bool `[B]`.
        """
        clips = self._recordings(indices)
        numbers = clip_uniforms(self._stream(WINDOW_STREAM), indices, (2,))
        num_frames = tf.gather(self._num_frames, clips)
        periodic = tf.gather(self._periodic, clips)
        num_starts = tf.where(periodic, num_frames, num_frames - self.clip_length + 1)
        starts = tf.cast(numbers[:, 0] * tf.cast(num_starts, tf.float32), tf.int64)
        starts = tf.minimum(starts, num_starts - 1)  # Float32 may round up.
        positions = starts[:, None] + tf.cast(times, tf.int64)
        positions %= num_frames[:, None]  # Only periodic clips reach their end.
        return clips, positions, numbers[:, 1] < 0.5

    def _stream(self, stream):
        return tf.constant([self._seed + stream, self._split], tf.int64)

    @abc.abstractmethod
    def _read(self, clips, positions):
        """Return frames of recordings.

        Args:
            clips: int64 `[B]`, recordings, indices into `names`.
            positions: int64 `[B, K]`, frame numbers in the recordings.

        Returns:
            uint8 `[B, K, H, W, C]`.
        """


class ClipsInMemory(RecordedClips):
    """Recorded clips whose frames are all in memory."""

    def __init__(self, clips, **kwargs):
        """Hold the frames.

        Args:
            clips: a `MemoryClips`.
            **kwargs: see `RecordedClips`.
        """
        super().__init__(clips.entries, **kwargs)
        self._frames = clips.frames
        self._offsets = tf.gather(clips.offsets, self._chosen)

    def _read(self, clips, positions):
        offsets = tf.gather(self._offsets, clips)
        return tf.gather(self._frames, offsets[:, None] + positions)


class MemoryClips(typing.NamedTuple):
    """Concatenated clips.

    Attributes:
        entries: list of `ClipEntry`.
        offsets: int64 `[N]`, index of each clip's first frame in `frames`.
        frames: uint8 `[F, H, W, C]`, the frames of all clips.
    """

    entries: list
    offsets: tf.Tensor
    frames: tf.Tensor


def read_clips(reader, split):
    """Read all clips of a split into memory.

    Unusable files and duplicate clips are left out with a warning.

    Args:
        reader: a `ClipReader`.
        split: `"train"` or `"test"`.

    Returns:
        A `MemoryClips`.

    Raises:
        InputError: no file of the split can be used.
    """
    clips, seen = [], {}
    items = reader.items(split)
    with tqdm.tqdm(items, unit=f" {split} item") as progress:
        for item in progress:
            try:
                found = reader.read(item)
            except BadFile as error:
                logging.warning("%s. It is left out.", error)
                continue
            for clip in found:
                first = seen.setdefault(clip.fingerprint(), clip.name)
                if first == clip.name:
                    clips.append(clip)
                else:
                    logging.warning(
                        "%s has the same frames as %s and is left out.",
                        clip.name,
                        first,
                    )
    if not clips:
        raise InputError(
            f"None of the {len(items)} {split} files can be used; the warnings above "
            "say why."
            if items
            else f"There is no {split} file that data.actions, data.people and the "
            "split select; choose others."
        )
    entries = [ClipEntry(c.name, c.labels, len(c.frames), c.periodic) for c in clips]
    ends = np.cumsum([e.num_frames for e in entries], dtype=np.int64)
    return MemoryClips(
        entries,
        tf.constant(np.concatenate([[0], ends[:-1]])),
        tf.convert_to_tensor(np.concatenate([c.frames for c in clips])),
    )
