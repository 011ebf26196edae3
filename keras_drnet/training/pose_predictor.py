"""PosePredictor: the model that learns how poses go on."""

import keras
import tensorflow as tf
from keras import ops

from keras_drnet.losses import drnet_losses
from keras_drnet.models import pose_rollout
from keras_drnet.training.two_player_model import apply_gradients, track


class PosePredictor(keras.Model):
    """Trains the pose LSTM on the codes of frozen encoders.

    Each step reads a pose and the content of the last observed frame, and predicts
    the next pose, for every frame of the clip but the first. In the paper all poses
    that are read are true ones (teacher forcing). With `closed_loop`, those after the
    observed frames are the LSTM's own predictions, as they are when video is
    generated: errors then do not pile up unseen. The encoders run in inference mode:
    neither their weights nor their batch-norm statistics change.

    In evaluation, `rollout` is the mean squared error of the poses after the observed
    frames, each predicted from the predictions before it.

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
        closed_loop=False,
        absolute_error=False,
        pose_noise=0.0,
        dtype=None,
        name="pose_predictor",
    ):
        """Hold the networks.

        Args:
            content_encoder: frames `[B, H, W, C]` to `(content, skips)`; frozen.
            pose_encoder: frames to pose `[B, Dp]`; frozen.
            pose_lstm: `(pose, content, state)` to `(next_pose, next_state)`.
            num_past: number of observed frames, from 1 to T - 1.
            closed_loop: whether training feeds predictions back after the observed
                frames; otherwise it is teacher-forced.
            absolute_error: whether the loss is the absolute error, not the squared one.
            pose_noise: standard deviation of Gaussian noise on the true poses that
                the LSTM reads in training; 0 for none.
            dtype: dtype policy of the networks.
            name: name of the model.
        """
        super().__init__(name=name, dtype=dtype)
        self.content_encoder = content_encoder
        self.pose_encoder = pose_encoder
        self.pose_lstm = pose_lstm
        self.num_past = num_past
        self.closed_loop = closed_loop
        self.absolute_error = absolute_error
        self.pose_noise = pose_noise
        self._trackers = {}
        self._add_trackers("loss", "rollout")

    @property
    def metrics(self):
        """The means of the training loss and of the roll-out's error."""
        return list(self._trackers.values())

    def build_optimizers(self):
        """Create the optimizer's variables, so that they can be restored."""
        self.optimizer.build(self.pose_lstm.trainable_variables)

    def adapt(self, dataset, steps):
        """Fit the range in which the LSTM reads and predicts poses to the data.

        Call it before `fit`, or leave it out for the paper's range.

        Args:
            dataset: batches of clips, as for `fit`.
            steps: number of batches to look at.
        """
        poses = [self.encode(batch["video"])[0] for batch in dataset.take(steps)]
        self.pose_lstm.get_layer("pose_range").adapt(tf.concat(poses, axis=0))

    def encode(self, video):
        """Encode clips with the frozen encoders.

        Args:
            video: `[B, T, H, W, C]`, with static T.

        Returns:
            `(poses, content)`: the poses of all frames, `[B, T, Dp]`, and the
            content of the last observed frame, `[B, Dc]`.
        """
        poses = encode_poses(self.pose_encoder, video)
        content, _ = self.content_encoder(video[:, self.num_past - 1], training=False)
        return tf.stop_gradient(poses), tf.stop_gradient(content)

    def call(self, video, training=False):
        """Predict the poses after the observed frames, without looking at the rest.

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

    def encode_batches(self, dataset, *, cached_batches=0):
        """Encode batches of clips ahead of training.

        The encoders are frozen, so a batch that is used again need not be encoded
        again.

        Args:
            dataset: endless batches of clips, as for `fit`.
            cached_batches: how many of them are kept and repeated in their order; 0
                keeps none.

        Returns:
            A `tf.data.Dataset` that `fit` takes in place of the clips: dicts with
            `poses` and `content`, as `encode` returns them.
        """

        def codes(batch):
            poses, content = self.encode(batch["video"])
            return {"poses": poses, "content": content}

        dataset = dataset.map(codes)
        if not cached_batches:
            return dataset
        return dataset.take(cached_batches).cache().repeat()

    def train_step(self, batch):
        """Train the LSTM on one batch of clips, or of codes."""
        poses, content = self._codes(batch)
        inputs = poses
        if self.pose_noise:
            # Drawn from the step's number: a resumed run draws the same.
            step = ops.cast(self.optimizer.iterations, "int32")
            inputs += self.pose_noise * tf.random.stateless_normal(
                tf.shape(poses), seed=tf.stack([0, step])
            )
        with tf.GradientTape() as tape:
            prediction = self._prediction_loss(inputs, poses, content)
            loss = self.optimizer.scale_loss(prediction)
        apply_gradients(self.optimizer, tape, loss, self.pose_lstm.trainable_variables)
        return track(self._trackers, {"loss": prediction})

    def test_step(self, batch):
        """Evaluate the training loss and the roll-out on one batch."""
        poses, content = self._codes(batch)
        future = poses[:, self.num_past :]
        predicted = pose_rollout.roll_out(
            self.pose_lstm, poses[:, : self.num_past], content, future.shape[1]
        )
        return track(
            self._trackers,
            {
                "loss": self._prediction_loss(poses, poses, content),
                "rollout": drnet_losses.pose_prediction_loss(future, predicted),
            },
        )

    def _add_trackers(self, *names):
        self._trackers |= {name: keras.metrics.Mean(name=name) for name in names}

    def _codes(self, batch):
        if "poses" in batch:
            return batch["poses"], batch["content"]
        return self.encode(batch["video"])

    def _prediction_loss(self, inputs, poses, content):
        if self.closed_loop:
            predicted = pose_rollout.observe_and_continue(
                self.pose_lstm,
                inputs[:, : self.num_past],
                content,
                poses.shape[1] - self.num_past,
            )
        else:
            state = pose_rollout.initial_state(self.pose_lstm, tf.shape(poses)[0])
            predicted, _ = pose_rollout.observe(
                self.pose_lstm, inputs[:, :-1], content, state
            )
        return drnet_losses.pose_prediction_loss(
            poses[:, 1:], predicted, absolute=self.absolute_error
        )


def encode_poses(pose_encoder, video):
    """Encode every frame of clips, in inference mode.

    Args:
        pose_encoder: frames `[B, H, W, C]` to pose `[B, Dp]`.
        video: `[B, T, H, W, C]`, with static T.

    Returns:
        `[B, T, Dp]`.
    """
    frames = ops.reshape(video, (-1, *video.shape[2:]))
    poses = pose_encoder(frames, training=False)
    return ops.reshape(poses, (-1, video.shape[1], poses.shape[-1]))
