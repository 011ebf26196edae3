"""The interface of all sources of clips, drawn or recorded."""

import abc

import numpy as np


class ClipSource(abc.ABC):
    """Interface of all sources of clips.

    A clip is addressed by its index, any integer from 0: the same index always gives
    the same clip, so that training can go on at any batch. Several indices may stand
    for windows of one recording; see `recording_ids`.

    Attributes:
        clip_length: frames of a clip, T.
    """

    clip_length: int

    @abc.abstractmethod
    def frames(self, indices, times):
        """Return chosen frames of chosen clips.

        Args:
            indices: int64 `[B]`, indices of clips.
            times: int32 `[B, K]`, frame numbers, each in [0, T).

        Returns:
            float32 `[B, K, H, W, C]` in [0, 1].
        """

    def factors(self, indices, times):
        """Return what is known of frames besides their pixels.

        Args:
            indices: int64 `[B]`, indices of clips.
            times: int32 `[B, K]`, frame numbers.

        Returns:
            A dict, name to `Factor`; empty if nothing is known.
        """
        return {}

    def halves(self, indices):
        """Divide clips into two halves with nothing in common.

        Args:
            indices: int64 `[B]`, indices of clips.

        Returns:
            int array `[B]`: 0 or 1, or -1 for a clip that belongs to neither.
        """
        return np.asarray(indices) % 2

    def recording_ids(self, indices):
        """Return the recording that each clip is a window of.

        Args:
            indices: int64 `[B]`, indices of clips.

        Returns:
            int array `[B]`, or `None` if every index stands for a clip of its own.
        """
        return None

    def longest_window(self, num_recordings):
        """Return the greatest clip length that so many recordings allow.

        Args:
            num_recordings: number of recordings; all, if there are fewer.

        Returns:
            A number of frames, or `None` if there is no limit.
        """
        return None

    def swapped_frames(self, content_indices, pose_indices, times):
        """Return frames with the content of one clip and the pose of another.

        Args:
            content_indices: int64 `[B]`, indices of the clips that give the content.
            pose_indices: int64 `[B]`, indices of the clips that give the pose.
            times: int32 `[B, K]`, frame numbers of the pose.

        Returns:
            float32 `[B, K, H, W, C]` in [0, 1], or `None` if the source cannot draw
            them.
        """
        return None
