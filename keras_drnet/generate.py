"""Inference with trained networks: encode, reconstruct, swap, predict."""

import itertools

import numpy as np
import tensorflow as tf

from keras_drnet import pose_rollout
from keras_drnet.errors import InputError


class VideoPredictor:
    """Predicts video in pose space, from one encoding of the content.

    The content of the last observed frame is encoded once. From then on each frame
    takes one step of the pose LSTM and one pass of the decoder: no generated pixel is
    ever read again, and the cost of a frame does not grow with their number.

    Example:

    ```python
    predictor = VideoPredictor(RunFolder("runs/quickstart").load_networks())
    future = predictor.predict(past, num_future=100)
    for frames in itertools.islice(predictor.stream(past), 5000):
        show(frames)
    ```
    """

    def __init__(self, networks):
        """Holds the networks.

        Args:
            networks: trained `Networks`.
        """
        self.networks = networks
        self._seed = tf.function(self._seed_graph, reduce_retracing=True)
        self._step = tf.function(self._step_graph, reduce_retracing=True)
        self._decode = tf.function(self._decode_graph, reduce_retracing=True)
        self._reconstruct = tf.function(self._reconstruct_graph, reduce_retracing=True)

    def stream(self, past):
        """Generates the frames after the observed ones, for ever.

        Args:
            past: observed frames `[B, num_past, H, W, C]` in [0, 1], num_past at
                least 1.

        Yields:
            Frames `[B, H, W, C]`, float32 arrays in [0, 1]. Memory does not grow.

        Raises:
            InputError: `past` has another shape, or values that are not finite.
        """
        past = self._check_video(past)
        content, pose, state = self._seed(past)
        while True:
            yield self._decode(content, pose).numpy()
            pose, state = self._step(pose, content[0], state)

    def predict(self, past, num_future):
        """Predicts a number of frames: `stream`, collected.

        Args:
            past: observed frames `[B, num_past, H, W, C]` in [0, 1].
            num_future: number of frames to predict, from 0.

        Returns:
            float32 array `[B, num_future, H, W, C]` in [0, 1].
        """
        past = self._check_video(past)
        frames = list(itertools.islice(self.stream(past), num_future))
        if not frames:
            return np.zeros((past.shape[0], 0, *past.shape[2:]), np.float32)
        return np.stack(frames, axis=1)

    def reconstruct(self, content_frames, pose_frames):
        """Decodes the content of some frames with the pose of others.

        With two frames of one clip this is reconstruction, with frames of two clips
        it swaps content (synthesis by analogy).

        Args:
            content_frames: `[B, H, W, C]` in [0, 1].
            pose_frames: `[B, H, W, C]` in [0, 1].

        Returns:
            float32 array `[B, H, W, C]` in [0, 1].
        """
        frames = self._reconstruct(
            tf.convert_to_tensor(content_frames, tf.float32),
            tf.convert_to_tensor(pose_frames, tf.float32),
        )
        return frames.numpy()

    def _seed_graph(self, past):
        nets = self.networks
        content = nets.content_encoder(past[:, -1], training=False)
        frames = tf.reshape(past, tf.concat([[-1], tf.shape(past)[2:]], axis=0))
        frames = tf.ensure_shape(frames, (None, *past.shape[2:]))
        poses = nets.pose_encoder(frames, training=False)
        poses = tf.reshape(poses, (-1, past.shape[1], poses.shape[-1]))
        state = pose_rollout.initial_state(nets.pose_lstm, tf.shape(past)[0])
        next_poses, state = pose_rollout.observe(
            nets.pose_lstm, poses, content[0], state
        )
        return content, next_poses[:, -1], state

    def _step_graph(self, pose, content, state):
        return self.networks.pose_lstm((pose, content, state), training=False)

    def _decode_graph(self, content, pose):
        return self.networks.decoder((content, pose), training=False)

    def _reconstruct_graph(self, content_frames, pose_frames):
        nets = self.networks
        content = nets.content_encoder(content_frames, training=False)
        pose = nets.pose_encoder(pose_frames, training=False)
        return nets.decoder((content, pose), training=False)

    def _check_video(self, past):
        past = tf.convert_to_tensor(past, tf.float32)
        frame = tuple(self.networks.pose_encoder.input.shape[1:])
        if len(past.shape) != 5 or past.shape[2:] != frame or past.shape[1] == 0:
            raise InputError(
                f"The observed frames have shape {tuple(past.shape)}; expected "
                f"[B, num_past, {', '.join(map(str, frame))}] with num_past at least 1."
            )
        if not tf.reduce_all(tf.math.is_finite(past)):
            raise InputError("The observed frames hold values that are not finite.")
        return past
