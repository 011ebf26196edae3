"""PosePredictor: the model that learns how poses go on."""

import keras
import tensorflow as tf
from keras import ops

from keras_drnet import losses, pose_rollout
from keras_drnet.training_step import apply_gradients, track


class PosePredictor(keras.Model):
    """Trains the pose LSTM on the codes of frozen encoders.

    Each step reads the true pose before (teacher forcing) and the content of the
    last observed frame, and predicts the next pose, for every frame of the clip but
    the first. The encoders run in inference mode: neither their weights nor their
    batch-norm statistics change.

    In evaluation the predictor also runs on its own predictions from frame
    `num_past` on; `rollout` is the mean squared error of those poses.

    Example:

    ```python
    predictor = PosePredictor(content_encoder, pose_encoder, pose_lstm, num_past=5)
    predictor.compile(keras.optimizers.Adam(1e-3))
    predictor.fit(dataset, epochs=10, steps_per_epoch=200)
    ```

    Reference: Denton & Birodkar, NIPS 2017, section 3.3.
    """

    def __init__(
        self,
        content_encoder,
        pose_encoder,
        pose_lstm,
        *,
        num_past,
        pose_noise=0.0,
        dtype=None,
        name="pose_predictor",
    ):
        """Holds the networks.

        Args:
            content_encoder: frames `[B, H, W, C]` to `(content, skips)`; frozen.
            pose_encoder: frames to pose `[B, Dp]`; frozen.
            pose_lstm: `(pose, content, state)` to `(next_pose, next_state)`.
            num_past: number of observed frames, from 1 to T - 1.
            pose_noise: standard deviation of Gaussian noise on the poses that the
                LSTM reads in training, against the drift of its own predictions.
            dtype: dtype policy of the networks.
            name: name of the model.
        """
        super().__init__(name=name, dtype=dtype)
        self.content_encoder = content_encoder
        self.pose_encoder = pose_encoder
        self.pose_lstm = pose_lstm
        self.num_past = num_past
        self.pose_noise = pose_noise
        self._trackers = {
            name: keras.metrics.Mean(name=name) for name in ("loss", "rollout")
        }

    @property
    def metrics(self):
        """The means of the one-step loss and of the roll-out's error."""
        return list(self._trackers.values())

    def build_optimizers(self):
        """Creates the optimizer's variables, so that they can be restored."""
        self.optimizer.build(self.pose_lstm.trainable_variables)

    def encode(self, video):
        """Encodes clips with the frozen encoders.

        Args:
            video: `[B, T, H, W, C]`, with static T.

        Returns:
            `(poses, content)`: the poses of all frames, `[B, T, Dp]`, and the
            content of the last observed frame, `[B, Dc]`.
        """
        frames = ops.reshape(video, (-1, *video.shape[2:]))
        poses = self.pose_encoder(frames, training=False)
        poses = ops.reshape(poses, (-1, video.shape[1], poses.shape[-1]))
        content, _ = self.content_encoder(video[:, self.num_past - 1], training=False)
        return tf.stop_gradient(poses), tf.stop_gradient(content)

    def call(self, video, training=False):
        """Predicts the poses after the observed frames, without looking at the rest.

        Args:
            video: `[B, T, H, W, C]`.
            training: unused; the encoders are frozen.

        Returns:
            `[B, T - num_past, Dp]`.
        """
        poses, content = self.encode(video)
        return pose_rollout.roll_out(
            self.pose_lstm,
            poses[:, : self.num_past],
            content,
            video.shape[1] - self.num_past,
        )

    def train_step(self, batch):
        """Trains the LSTM to predict each pose from the true ones before it."""
        poses, content = self.encode(batch["video"])
        inputs = poses
        if self.pose_noise:
            inputs += self.pose_noise * tf.random.normal(tf.shape(poses))
        with tf.GradientTape() as tape:
            one_step = self._one_step_loss(inputs, poses, content)
            loss = self.optimizer.scale_loss(one_step)
        apply_gradients(self.optimizer, tape, loss, self.pose_lstm.trainable_variables)
        return track(self._trackers, {"loss": one_step})

    def test_step(self, batch):
        """Evaluates one-step prediction and roll-out on one batch."""
        poses, content = self.encode(batch["video"])
        future = poses[:, self.num_past :]
        predicted = pose_rollout.roll_out(
            self.pose_lstm, poses[:, : self.num_past], content, future.shape[1]
        )
        return track(
            self._trackers,
            {
                "loss": self._one_step_loss(poses, poses, content),
                "rollout": losses.pose_prediction_loss(future, predicted),
            },
        )

    def _one_step_loss(self, inputs, poses, content):
        state = pose_rollout.initial_state(self.pose_lstm, tf.shape(poses)[0])
        predicted, _ = pose_rollout.observe(
            self.pose_lstm, inputs[:, :-1], content, state
        )
        return losses.pose_prediction_loss(poses[:, 1:], predicted)
