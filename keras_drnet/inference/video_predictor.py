"""Inference with a trained DrNet: predict, reconstruct, swap, interpolate."""

from collections.abc import Iterator

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_drnet.checks.frames import check_frames
from keras_drnet.checks.numbers import check_count
from keras_drnet.errors import InputError
from keras_drnet.inference.predictor import Frames, Predictor
from keras_drnet.models import pose_rollout
from keras_drnet.models.encode import encode_content
from keras_drnet.models.networks import Networks

Content = tuple[tf.Tensor, list[tf.Tensor]]  # Code and skips.
State = tuple[tuple[tf.Tensor, ...], ...]  # Of the pose LSTM.


class VideoPredictor(Predictor):
    """Predicts video in pose space, from a single encoding of the content.

    The content of the last observed frames is encoded once. Each generated frame then
    takes one step of the pose LSTM and one pass of the decoder. Generated pixels are
    never read again, and the cost of a frame is constant.

    Attributes:
        networks: trained `Networks`.

    Example:

    ```python
    predictor = VideoPredictor(RunFolder("runs/quickstart").load_networks())
    future = predictor.predict(past, num_future=100)
    for frames in itertools.islice(predictor.stream(past), 5000):
        show(frames)
    ```
    """

    def __init__(self, networks: Networks) -> None:
        """Hold the networks.

        Args:
            networks: trained `Networks`.
        """
        super().__init__(networks.pose_encoder.input.shape[1:])
        self.networks = networks

    def reconstruct(self, content_frames: ArrayLike, pose_frames: ArrayLike) -> Frames:
        """Decode the content of some frames with the pose of others.

        With two frames of one clip this is reconstruction. With frames of two clips
        it swaps content: synthesis by analogy.

        Args:
            content_frames: `[B, H, W, C]` in [0, 1], or `[B, T, H, W, C]`, several
                of each clip.
            pose_frames: `[B, H, W, C]` in [0, 1].

        Returns:
            float32 array `[B, H, W, C]` in [0, 1].

        Raises:
            InputError: frames have another shape, integers, values that are not finite
                or not in [0, 1]; or numbers of frames differ.
        """
        frames: Frames = self._reconstruct(
            *self._check(content_frames, pose_frames=pose_frames)
        ).numpy()
        return frames

    def interpolate(
        self,
        content_frames: ArrayLike,
        start_frames: ArrayLike,
        end_frames: ArrayLike,
        num_steps: int,
    ) -> Frames:
        """Decode the content of some frames with poses interpolated linearly.

        Args:
            content_frames: `[B, H, W, C]` in [0, 1], or `[B, T, H, W, C]`, several
                of each clip.
            start_frames: `[B, H, W, C]` in [0, 1], which give the first pose.
            end_frames: `[B, H, W, C]` in [0, 1], which give the last pose.
            num_steps: number of poses, evenly spaced on the straight line from first
                to last, both included; at least 2.

        Returns:
            float32 array `[B, num_steps, H, W, C]` in [0, 1]. The first and last
            frames are those of `reconstruct`.

        Raises:
            InputError: frames as for `reconstruct`, or `num_steps` is below 2.
        """
        check_count(num_steps, "num_steps", 2)
        frames = self._check(
            content_frames, start_frames=start_frames, end_frames=end_frames
        )
        return np.stack(
            [
                self._interpolate(*frames, tf.constant(fraction, tf.float32)).numpy()
                for fraction in np.linspace(0.0, 1.0, num_steps)
            ],
            axis=1,
        )

    def _check(
        self, content_frames: ArrayLike, **pose_frames: ArrayLike
    ) -> list[tf.Tensor]:
        """Check content frames, and as many of each kind of pose frames."""
        shape, single = self.frame_shape, ("B",)
        checked = [
            check_frames(content_frames, "content_frames", shape, (single, ("B", "T")))
        ]
        for name, frames in pose_frames.items():
            checked.append(check_frames(frames, name, shape, (single,)))
            if len(checked[-1]) != len(checked[0]):
                raise InputError(
                    f"There are {len(checked[-1])} {name} for {len(checked[0])} "
                    "content_frames; expected as many."
                )
        return [tf.constant(frames) for frames in checked]

    def _stream(self, past: tf.Tensor) -> Iterator[Frames]:
        # As a list, the observed frames have a static number in the graph.
        content, pose, state = self._prime(tf.unstack(past, axis=1))
        while True:
            yield self._decode(content, pose).numpy()
            pose, state = self._step(pose, content[0], state)

    @tf.function(reduce_retracing=True)
    def _prime(self, past: list[tf.Tensor]) -> tuple[Content, tf.Tensor, State]:
        content, pose, state = pose_rollout.prime(self.networks, tf.stack(past, axis=1))
        return content, pose, state

    @tf.function(reduce_retracing=True)
    def _step(
        self, pose: tf.Tensor, content: tf.Tensor, state: State
    ) -> tuple[tf.Tensor, State]:
        pose_lstm: keras.Model = self.networks.pose_lstm
        pose, state = pose_lstm((pose, content, state), training=False)
        return pose, state

    @tf.function(reduce_retracing=True)
    def _decode(self, content: Content, pose: tf.Tensor) -> tf.Tensor:
        return self.networks.decoder((content, pose), training=False)

    @tf.function(reduce_retracing=True)
    def _reconstruct(
        self, content_frames: tf.Tensor, pose_frames: tf.Tensor
    ) -> tf.Tensor:
        nets = self.networks
        content = encode_content(nets.content_encoder, content_frames)
        pose = nets.pose_encoder(pose_frames, training=False)
        return nets.decoder((content, pose), training=False)

    @tf.function(reduce_retracing=True)
    def _interpolate(
        self,
        content_frames: tf.Tensor,
        start_frames: tf.Tensor,
        end_frames: tf.Tensor,
        fraction: tf.Tensor,
    ) -> tf.Tensor:
        nets = self.networks
        content = encode_content(nets.content_encoder, content_frames)
        start = nets.pose_encoder(start_frames, training=False)
        end = nets.pose_encoder(end_frames, training=False)
        pose = (1.0 - fraction) * start + fraction * end
        return nets.decoder((content, pose), training=False)
