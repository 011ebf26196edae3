"""RolloutRefiner: adversarial training of the pose LSTM on long roll-outs."""

import keras
from keras import ops

from keras_drnet.checks.numbers import check_count, check_number
from keras_drnet.losses import drnet_losses, gan_losses
from keras_drnet.models import pose_rollout
from keras_drnet.models.pose_lstm import POSE_NORMALIZATION
from keras_drnet.training.pose_predictor import PosePredictor
from keras_drnet.training.two_player_model import TwoPlayerModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class RolloutRefiner(TwoPlayerModel, PosePredictor):
    """Training of a trained pose LSTM against a discriminator of its roll-outs.

    An LSTM that was trained on short clips drifts, in roll-outs many times as long, to
    poses that do not occur in real video: movement dies and frames fade. Here it is
    rolled out far beyond the clip. Besides the error of the clip's poses it minimizes
    the non-saturating loss (Goodfellow et al., *Generative Adversarial Networks*, 2014)
    against a discriminator of pairs of consecutive poses: poses after the clip's end
    must be plausible, not equal to what came. The gradient is truncated after as many
    frames as the clip has.

    Not in the paper of DrNet; close to Lamb et al., *Professor Forcing*, NIPS 2016,
    whose discriminator compares the hidden states of free-running and teacher-forced
    networks. Evaluation is that of `PosePredictor`: errors of poses alone.

    Example:

    ```python
    refiner = RolloutRefiner(
        content_encoder, pose_encoder, pose_lstm, pose_discriminator, num_past=5
    )
    refiner.compile(keras.optimizers.Adam(3e-4), keras.optimizers.Adam(1e-3))
    refiner.match_normalization()
    refiner.fit(dataset, epochs=4, steps_per_epoch=500)
    ```
    """

    def __init__(
        self,
        content_encoder,
        pose_encoder,
        pose_lstm,
        pose_discriminator,
        *,
        rollout_length=100,
        adversarial_weight=0.05,
        name="rollout_refiner",
        **kwargs,
    ):
        """Create the model from its networks.

        Args:
            content_encoder: see `PosePredictor`; frozen.
            pose_encoder: see `PosePredictor`; frozen.
            pose_lstm: see `PosePredictor`; trained already.
            pose_discriminator: model of `models.pose_discriminator`.
            rollout_length: frames that are observed or predicted in training, at
                least the clip's T.
            adversarial_weight: weight of the adversarial loss, beside the error of
                normalized poses.
            name: name of the model.
            **kwargs: `num_past`, `absolute_error` and `dtype` of `PosePredictor`.

        Raises:
            InputError: a number is out of its range.
        """
        check_count(rollout_length, "rollout_length", least=2)
        check_number(adversarial_weight, "adversarial_weight", least=0)
        super().__init__(
            content_encoder,
            pose_encoder,
            pose_lstm,
            free_running=True,
            name=name,
            **kwargs,
        )
        self.pose_discriminator = pose_discriminator
        self.rollout_length = rollout_length
        self.adversarial_weight = adversarial_weight
        self._add_trackers("adversarial", "pose_discriminator")

    @property
    def extra_state(self):
        """The discriminator, which no later stage needs."""
        return {"pose_discriminator": self.pose_discriminator.weights}

    def build_optimizers(self):
        """Create the optimizers' variables; without effect where they are there."""
        super().build_optimizers()
        self.discriminator_optimizer.build(self.pose_discriminator.trainable_variables)

    def match_normalization(self):
        """Copy the LSTM's normalization to the discriminator, before `fit`."""
        own = self.pose_discriminator.get_layer(POSE_NORMALIZATION)
        own.set_weights(self.normalization.get_weights())

    def update(self, batch):
        """Train the LSTM, then the discriminator, on one batch of clips or codes."""
        poses, content = self._codes(batch)

        def forward():
            rollout = self.roll_out(poses, content)
            losses = self.compute_losses(poses, rollout)
            return losses["loss"], (losses, rollout)

        _, (losses, rollout) = self.minimize(
            self.optimizer, forward, self.pose_lstm.trainable_variables
        )
        discrimination, _ = self.minimize(
            self.discriminator_optimizer,
            lambda: (self.discriminator_loss(poses, rollout), ()),
            self.pose_discriminator.trainable_variables,
        )
        return losses | {"pose_discriminator": discrimination}

    def roll_out(self, poses, content):
        """Predict the pose that follows each pose, `[B, rollout_length - 1, Dp]`.

        The first `T - 1` are those of the clip.
        """
        clip_length = poses.shape[1]
        past = poses[:, : self.num_past]
        state = pose_rollout.initial_state(self.pose_lstm, past[:, 0])
        next_poses, state = pose_rollout.observe(self.pose_lstm, past, content, state)
        pose, predicted = next_poses[:, -1], []
        for t in range(self.num_past, self.rollout_length - 1):
            if t % clip_length == clip_length - 1:
                pose, state = keras.tree.map_structure(ops.stop_gradient, (pose, state))
            pose, state = self.pose_lstm((pose, content, state))
            predicted.append(pose)
        return ops.concatenate([next_poses, ops.stack(predicted, axis=1)], axis=1)

    def compute_losses(self, poses, rollout):
        """Return the LSTM's losses on true poses and what `roll_out` predicted."""
        prediction = drnet_losses.pose_prediction_loss(
            self.normalization(poses[:, 1:]),
            self.normalization(rollout[:, : poses.shape[1] - 1]),
            absolute=self.absolute_error,
        )
        adversarial = gan_losses.generator_loss(
            self.discriminate(self.predicted(rollout))
        )
        return {
            "loss": prediction + self.adversarial_weight * adversarial,
            "adversarial": adversarial,
        }

    def discriminator_loss(self, poses, rollout):
        """Return the discriminator's cross-entropy on true and predicted poses."""
        predicted = ops.stop_gradient(self.predicted(rollout))
        return 0.5 * sum(
            gan_losses.discriminator_errors(
                self.discriminate(poses), self.discriminate(predicted)
            )
        )

    def predicted(self, rollout):
        """Return the poses after the observed ones."""
        return rollout[:, self.num_past - 1 :]

    def discriminate(self, poses):
        """Return the discriminator's logits for all pairs of consecutive poses."""
        pairs = (poses[:, :-1], poses[:, 1:])
        return self.pose_discriminator(
            tuple(ops.reshape(pose, (-1, poses.shape[-1])) for pose in pairs)
        )

    def get_config(self):
        """Return the arguments of the constructor."""
        config = super().get_config() | {
            "pose_discriminator": keras.saving.serialize_keras_object(
                self.pose_discriminator
            ),
            "rollout_length": self.rollout_length,
            "adversarial_weight": self.adversarial_weight,
        }
        del config["free_running"]  # Always.
        return config
