"""JointPosePredictor: joint training of pose encoder and pose LSTM."""

import keras
import tensorflow as tf
from keras import ops

from keras_drnet.checks.numbers import check_count, check_number
from keras_drnet.losses import drnet_losses
from keras_drnet.models import pose_rollout
from keras_drnet.models.encode import encode_content, encode_frames
from keras_drnet.training import draws
from keras_drnet.training.pose_predictor import PosePredictor


@keras.saving.register_keras_serializable(package="keras_drnet")
class JointPosePredictor(PosePredictor):
    """Joint training of a trained pose encoder and pose LSTM on prediction.

    A pose encoder that was trained to reconstruct single frames is right on average,
    but nothing in its loss makes its errors consistent over time, which a velocity
    estimate needs. Here the gradient of the prediction error flows through the LSTM
    into the pose encoder.

    The targets are the poses of a *teacher*, a frozen copy of the pose encoder, so that
    the encoder cannot make the task easier by moving them. As the decoder is frozen,
    the distance of the observed poses from the teacher's is a loss too (`anchor`). Both
    losses are of normalized poses. With `frame_weight`, the frames decoded from
    predicted poses are compared with the real ones (`frames`), since the effect of an
    error of the pose on the frame is not known from poses alone. Batch norm runs in
    inference mode. Long clips are cheap: a few frames of each, drawn anew in each step,
    are compared.

    Not in the paper of DrNet. In evaluation, `rollout` is the mean squared error of
    the predicted poses from the teacher's.

    Example:

    ```python
    joint = JointPosePredictor(
        content_encoder, pose_encoder, pose_lstm, decoder, num_past=5
    )
    joint.compile(keras.optimizers.Adam(1e-3))
    joint.fit(dataset, epochs=20, steps_per_epoch=500)
    ```
    """

    def __init__(
        self,
        content_encoder,
        pose_encoder,
        pose_lstm,
        decoder,
        *,
        num_targets=4,
        anchor_weight=0.3,
        frame_weight=0.0,
        name="joint_pose_predictor",
        **kwargs,
    ):
        """Create the model from its networks; the teacher is a copy of the encoder.

        Args:
            content_encoder: see `PosePredictor`; frozen.
            pose_encoder: see `PosePredictor`; trained already.
            pose_lstm: see `PosePredictor`; trained already.
            decoder: `((content, skips), pose)` to frames; frozen.
            num_targets: frames of each clip, of all but the first, that are compared
                with their prediction in a step; at most T - 1.
            anchor_weight: weight of the distance from the teacher's poses.
            frame_weight: weight of the error of the frames decoded from predicted
                poses; 0 = off.
            name: name of the model.
            **kwargs: `num_past`, `absolute_error` and `dtype` of `PosePredictor`.

        Raises:
            InputError: a number is out of its range.
        """
        check_count(num_targets, "num_targets")
        check_number(anchor_weight, "anchor_weight", least=0)
        check_number(frame_weight, "frame_weight", least=0)
        super().__init__(
            content_encoder,
            pose_encoder,
            pose_lstm,
            free_running=True,
            name=name,
            **kwargs,
        )
        self.teacher = keras.models.clone_model(pose_encoder)
        self.teacher.set_weights(pose_encoder.get_weights())
        self.decoder = decoder
        self.num_targets = num_targets
        self.anchor_weight = anchor_weight
        self.frame_weight = frame_weight
        self._add_trackers("anchor", *(["frames"] if frame_weight else []))

    def build_optimizers(self):
        """Create the optimizer's variables; without effect where they are there."""
        self.optimizer.build(self._trained)

    def update(self, batch):
        """Train pose encoder and LSTM on one batch of clips."""
        video = batch["video"]
        times = self.draw_times(video)

        def forward():
            terms = self.compute_losses(video, times)
            return terms["loss"], terms

        _, terms = self.minimize(self.optimizer, forward, self._trained)
        return terms

    def evaluate_batch(self, batch):
        """Evaluate the losses on all frames, and the roll-out, on one batch."""
        video = batch["video"]
        shape = (tf.shape(video)[0], video.shape[1] - 1)
        times = tf.broadcast_to(tf.range(1, video.shape[1]), shape)
        future = encode_frames(self.teacher, video[:, self.num_past :])
        rollout = drnet_losses.pose_prediction_loss(future, self(video))
        return self.compute_losses(video, times) | {"rollout": rollout}

    @property
    def _trained(self):
        return (
            self.pose_encoder.trainable_variables + self.pose_lstm.trainable_variables
        )

    def draw_times(self, video):
        """Draw distinct frames of each clip, except the first, `[B, num_targets]`."""
        # Drawn from the step's number: a resumed run draws the same.
        shape = (ops.shape(video)[0], video.shape[1] - 1)
        order = draws.uniform(shape, self.optimizer.iterations)
        return 1 + tf.argsort(order)[:, : self.num_targets]

    def compute_losses(self, video, times):
        clip_length, past = video.shape[1], video[:, : self.num_past]
        targets = tf.gather(video, times, axis=1, batch_dims=1)
        targets.set_shape((None, times.shape[1], *video.shape[2:]))
        taught = encode_frames(self.teacher, ops.concatenate([past, targets], axis=1))
        taught = self.normalization(taught)
        content, skips = encode_content(self.content_encoder, past)
        poses = encode_frames(self.pose_encoder, past)
        predicted = pose_rollout.observe_and_continue(
            self.pose_lstm,
            poses,
            tf.stop_gradient(content),
            clip_length - self.num_past,
        )
        predicted = tf.gather(predicted, times - 1, axis=1, batch_dims=1)
        prediction, anchor = (
            drnet_losses.pose_prediction_loss(
                true, self.normalization(found), absolute=self.absolute_error
            )
            for true, found in (
                (taught[:, self.num_past :], predicted),
                (taught[:, : self.num_past], poses),
            )
        )
        terms = {
            "loss": prediction + self.anchor_weight * anchor,
            "anchor": anchor,
        }
        if self.frame_weight:
            terms["frames"] = self._frame_error(targets, (content, skips), predicted)
            terms["loss"] += self.frame_weight * terms["frames"]
        return terms

    def _frame_error(self, targets, content, poses):
        """Return the error of frames decoded from several poses of each clip."""
        content = tf.nest.map_structure(
            lambda code: tf.repeat(code, poses.shape[1], axis=0), content
        )
        poses = ops.reshape(poses, (-1, poses.shape[-1]))
        frames = self.decoder((content, poses), training=False)
        targets = ops.reshape(targets, (-1, *targets.shape[2:]))
        return drnet_losses.reconstruction_loss(targets, frames)

    def get_config(self):
        """Return the arguments of the constructor."""
        config = super().get_config() | {
            "decoder": keras.saving.serialize_keras_object(self.decoder),
            "num_targets": self.num_targets,
            "anchor_weight": self.anchor_weight,
            "frame_weight": self.frame_weight,
        }
        del config["free_running"]  # Always.
        return config
