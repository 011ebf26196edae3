"""Inference with trained networks: encode, reconstruct, swap, predict."""

import numpy as np
import tensorflow as tf

from keras_drnet.inference.predictor import Predictor
from keras_drnet.models import pose_rollout


class VideoPredictor(Predictor):
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
        """Hold the networks.

        Args:
            networks: trained `Networks`.
        """
        super().__init__(networks.pose_encoder.input.shape[1:])
        self.networks = networks
        self._seed = tf.function(self._seed_graph, reduce_retracing=True)
        self._step = tf.function(self._step_graph, reduce_retracing=True)
        self._decode = tf.function(self._decode_graph, reduce_retracing=True)
        self._reconstruct = tf.function(self._reconstruct_graph, reduce_retracing=True)
        self._interpolate = tf.function(self._interpolate_graph, reduce_retracing=True)

    def reconstruct(self, content_frames, pose_frames):
        """Decode the content of some frames with the pose of others.

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

    def interpolate(self, content_frames, start_frames, end_frames, num_steps):
        """Decode the content of some frames on the way from one pose to another.

        Args:
            content_frames: `[B, H, W, C]` in [0, 1].
            start_frames: `[B, H, W, C]` in [0, 1], with the poses to begin with.
            end_frames: `[B, H, W, C]` in [0, 1], with the poses to end with.
            num_steps: frames on the way, both ends included, at even distances on the
                straight line in pose space; at least 2.

        Returns:
            float32 array `[B, num_steps, H, W, C]` in [0, 1]. The first and last are
            what `reconstruct` makes of the ends.
        """
        frames = [
            tf.convert_to_tensor(frames, tf.float32)
            for frames in (content_frames, start_frames, end_frames)
        ]
        return np.stack(
            [
                self._interpolate(*frames, tf.constant(place, tf.float32)).numpy()
                for place in np.linspace(0.0, 1.0, num_steps)
            ],
            axis=1,
        )

    def _stream(self, past):
        content, pose, state = self._seed(tf.unstack(past, axis=1))
        while True:
            yield self._decode(content, pose).numpy()
            pose, state = self._step(pose, content[0], state)

    def _seed_graph(self, past):
        # A list of frames: their number stays static when it changes between calls.
        nets = self.networks
        content = nets.content_encoder(past[-1], training=False)
        poses = nets.pose_encoder(tf.concat(past, axis=0), training=False)
        poses = tf.stack(tf.split(poses, len(past)), axis=1)
        state = pose_rollout.initial_state(nets.pose_lstm, tf.shape(past[-1])[0])
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

    def _interpolate_graph(self, content_frames, start_frames, end_frames, place):
        nets = self.networks
        content = nets.content_encoder(content_frames, training=False)
        start = nets.pose_encoder(start_frames, training=False)
        end = nets.pose_encoder(end_frames, training=False)
        pose = (1.0 - place) * start + place * end
        return nets.decoder((content, pose), training=False)
