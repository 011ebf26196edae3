"""PosePredictor: stage 2, prediction of poses."""

import keras
from keras import ops

from keras_drnet.checks.numbers import check_count, check_number
from keras_drnet.losses import drnet_losses
from keras_drnet.models import pose_rollout
from keras_drnet.models.encode import encode_content, encode_frames
from keras_drnet.models.pose_lstm import (
    POSE_NORMALIZATION,
    forget_dropped,
    lstm_cells,
)
from keras_drnet.training import draws
from keras_drnet.training.stage_model import StageModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class PosePredictor(StageModel):
    """Training of the pose LSTM on the codes of frozen encoders.

    Each step reads a pose and the content of the last observed frame, and predicts
    the next pose, for every frame of the clip but the first. In the paper all poses
    that are read are true ones (teacher forcing). With `free_running`, those after the
    observed frames are the LSTM's own predictions, as in generation, so that the
    accumulated error is part of the loss. The encoders run in inference mode:
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
        free_running=False,
        absolute_error=False,
        pose_noise=0.0,
        pose_weights=1.0,
        dtype=None,
        name="pose_predictor",
    ):
        """Create the model from its networks.

        Args:
            content_encoder: see `Networks`; frozen.
            pose_encoder: frames to pose `[B, Dp]`; frozen.
            pose_lstm: `(pose, content, state)` to `(next_pose, next_state)`.
            num_past: number of observed frames, from 1 to T - 1.
            free_running: whether training feeds predictions back after the observed
                frames; otherwise it is teacher-forced.
            absolute_error: whether the loss is the absolute error, not the squared one.
            pose_noise: standard deviation of Gaussian noise on the true poses that
                the LSTM reads in training; 0 for none.
            pose_weights: weight of each element of a pose in the loss, `[Dp]`, or of
                all.
            dtype: dtype policy of the networks.
            name: name of the model.

        Raises:
            InputError: a number is out of its range.
        """
        super().__init__(name=name, dtype=dtype)
        check_count(num_past, "num_past")
        check_number(pose_noise, "pose_noise", least=0)
        self.content_encoder = content_encoder
        self.pose_encoder = pose_encoder
        self.pose_lstm = pose_lstm
        self.num_past = num_past
        self.free_running = free_running
        self.absolute_error = absolute_error
        self.pose_noise = pose_noise
        self.pose_weights = pose_weights
        self._trackers = {}
        self._add_trackers("loss", "rollout")

    @property
    def normalization(self):
        """The `PoseNormalization` of the LSTM."""
        return self.pose_lstm.get_layer(POSE_NORMALIZATION)

    @property
    def extra_state(self):
        """The state of dropout, so that a resumed run goes on with the next clips'."""
        cells = [cell for cell in lstm_cells(self.pose_lstm) if cell.dropout]
        if not cells:
            return {}
        return {"dropout": [cell.seed_generator.state for cell in cells]}

    def build_optimizers(self):
        """Create the optimizer's variables; without effect where they are there."""
        self.optimizer.build(self.pose_lstm.trainable_variables)

    def adapt(self, dataset, steps):
        """Fit the LSTM's normalization of poses to the data.

        Call it before `fit`, or leave it out for none, as in the paper.

        Args:
            dataset: batches of clips, as for `fit`.
            steps: number of batches to look at.
        """
        poses = [self.encode(batch["video"])[0] for batch in dataset.take(steps)]
        self.normalization.adapt(ops.concatenate(poses))

    def encode(self, video):
        """Encode clips with the frozen encoders.

        Args:
            video: `[B, T, H, W, C]`, with static T.

        Returns:
            `(poses, content)`: the poses of all frames, `[B, T, Dp]`, and the
            content of the observed frames, `[B, Dc]`.
        """
        poses = encode_frames(self.pose_encoder, video)
        content, _ = encode_content(self.content_encoder, video[:, : self.num_past])
        return ops.stop_gradient(poses), ops.stop_gradient(content)

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
        """Encode batches of clips ahead of training, once for each that is repeated.

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

    def update(self, batch):
        """Train the LSTM on one batch of clips, or of codes."""
        poses, content = self._codes(batch)
        inputs = poses
        if self.pose_noise:
            # Drawn from the step's number: a resumed run draws the same.
            noise = draws.normal(ops.shape(poses), self.optimizer.iterations)
            inputs += self.pose_noise * noise
        loss, _ = self.minimize(
            self.optimizer,
            lambda: (self.prediction_loss(inputs, poses, content, training=True), ()),
            self.pose_lstm.trainable_variables,
        )
        return {"loss": loss}

    def evaluate_batch(self, batch):
        """Evaluate the training loss and the roll-out on one batch."""
        poses, content = self._codes(batch)
        future = poses[:, self.num_past :]
        predicted = pose_rollout.roll_out(
            self.pose_lstm, poses[:, : self.num_past], content, future.shape[1]
        )
        return {
            "loss": self.prediction_loss(poses, poses, content),
            "rollout": drnet_losses.pose_prediction_loss(future, predicted),
        }

    def _add_trackers(self, *names):
        self._trackers |= {name: keras.metrics.Mean(name=name) for name in names}

    def _codes(self, batch):
        if "poses" in batch:
            return batch["poses"], batch["content"]
        return self.encode(batch["video"])

    def prediction_loss(self, inputs, poses, content, *, training=False):
        """Return the error of the poses predicted for all frames but the first.

        Args:
            inputs: poses that the LSTM reads, `[B, T, Dp]`, with noise or without.
            poses: true poses, `[B, T, Dp]`.
            content: `[B, Dc]`.
            training: whether the LSTM's dropout is active.
        """
        forget_dropped(self.pose_lstm)
        if self.free_running:
            predicted = pose_rollout.observe_and_continue(
                self.pose_lstm,
                inputs[:, : self.num_past],
                content,
                poses.shape[1] - self.num_past,
                training=training,
            )
        else:
            state = pose_rollout.initial_state(self.pose_lstm, inputs[:, 0])
            predicted, _ = pose_rollout.observe(
                self.pose_lstm, inputs[:, :-1], content, state, training=training
            )
        return drnet_losses.pose_prediction_loss(
            poses[:, 1:],
            predicted,
            absolute=self.absolute_error,
            weights=self.pose_weights,
        )

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return {
            "content_encoder": serialize(self.content_encoder),
            "pose_encoder": serialize(self.pose_encoder),
            "pose_lstm": serialize(self.pose_lstm),
            "num_past": self.num_past,
            "free_running": self.free_running,
            "absolute_error": self.absolute_error,
            "pose_noise": self.pose_noise,
            "pose_weights": self.pose_weights,
            "dtype": self.dtype_policy.name,
            "name": self.name,
        }
