"""MCNet: prediction in pixel space, the baseline of DrNet."""

import dataclasses

import keras
import numpy as np
import tensorflow as tf

from keras_drnet.checks.numbers import check_count, check_number
from keras_drnet.errors import InputError
from keras_drnet.losses import gan_losses, mcnet_losses
from keras_drnet.models import mcnet_rollout
from keras_drnet.models.mcnet_networks import (
    MCNetNetworks,
    check_num_past,
    set_mean_color,
)
from keras_drnet.training.distribution import apply_if, mean_over_replicas
from keras_drnet.training.two_player_model import TwoPlayerModel

# Cross-entropies of the discriminator: below the first it is too good to be trained
# on, above the second too bad to be learned from.
LOWEST_ERROR = 0.3
HIGHEST_ERROR = 0.7


@keras.saving.register_keras_serializable(package="keras_drnet")
class MCNet(TwoPlayerModel):
    """Training of motion encoder, frame generator and frame discriminator.

    A step observes the first `num_past` frames of each clip and predicts the next
    `num_future`, each from the prediction before it. The predictions are pulled to
    the true frames, and minimize the non-saturating loss against the discriminator,
    which sees the whole clip. `losses.mcnet_losses` has the terms.

    As in the authors' code a player is frozen when the other falls behind: the
    discriminator from the step on in which either of its errors is below 0.3, the
    generator when either is above 0.7. A player stays frozen until both are; then both
    are trained again.

    As in the authors' code the discriminator is trained first, then the generator
    against it, on the same predictions. They then predict once more to see the
    discriminator's errors; here these are errors on the predictions that are there.

    Example:

    ```python
    mcnet = MCNet(networks, num_past=10, num_future=10)
    mcnet.compile(
        keras.optimizers.Adam(1e-4, beta_1=0.5), keras.optimizers.Adam(1e-4, beta_1=0.5)
    )
    mcnet.fit(dataset, epochs=100, steps_per_epoch=1000)
    ```

    Reference: Villegas et al., *Decomposing Motion and Content for Natural Video
    Sequence Prediction*, ICLR 2017.
    """

    def __init__(
        self,
        networks,
        *,
        num_past,
        num_future,
        image_weight=1.0,
        adversarial_weight=0.02,
        dtype=None,
        name="mcnet",
    ):
        """Create the model from its networks.

        Args:
            networks: `MCNetNetworks`, the discriminator for num_past + num_future
                frames.
            num_past: number of observed frames, at least 2.
            num_future: number of predicted frames, at least 1.
            image_weight: weight of the two image losses.
            adversarial_weight: weight of the generator's loss against the
                discriminator.
            dtype: dtype policy of the networks. With `"mixed_float16"`, `compile`
                scales the losses of both optimizers.
            name: name of the model.

        Raises:
            InputError: a number is out of its range.
        """
        # The networks cast by themselves; the clips they predict stay float32.
        super().__init__(name=name, dtype=dtype, autocast=False)
        check_num_past(num_past)
        check_count(num_future, "num_future")
        check_number(image_weight, "image_weight", least=0)
        check_number(adversarial_weight, "adversarial_weight", least=0)
        self.networks = networks
        # As attributes of their own Keras finds their weights.
        self.motion_encoder = networks.motion_encoder
        self.frame_generator = networks.frame_generator
        self.frame_discriminator = networks.frame_discriminator
        self.num_past = num_past
        self.num_future = num_future
        self.image_weight = image_weight
        self.adversarial_weight = adversarial_weight
        # Weights of Keras, so that `save` keeps them.
        self._gates = [
            self.add_weight(
                (),
                "ones",
                dtype="bool",
                trainable=False,
                aggregation="only_first_replica",
                name=name,
            )
            for name in ("generator_learns", "discriminator_learns")
        ]
        self._generator_learns, self._discriminator_learns = (
            gate.value for gate in self._gates
        )
        self._trackers = {
            name: keras.metrics.Mean(name=name)
            for name in (
                "loss",
                "prediction",
                "gradient_difference",
                "adversarial",
                "real_error",
                "fake_error",
                "generator_learns",
                "discriminator_learns",
            )
        }

    @property
    def generator_variables(self):
        """The trainable variables of the motion encoder and the frame generator."""
        return (
            self.motion_encoder.trainable_variables
            + self.frame_generator.trainable_variables
        )

    @property
    def extra_state(self):
        """The flags of which player is trained in the next step."""
        return {"gates": self._gates}

    def build_optimizers(self):
        """Create the optimizers' variables; without effect where they are there."""
        self.optimizer.build(self.generator_variables)
        self.discriminator_optimizer.build(self.frame_discriminator.trainable_variables)

    def adapt(self, dataset, steps):
        """Start the frame generator from the mean color of frames.

        Call it before `fit`, or leave it out for the authors' start, a mid-gray. On
        frames that are nearly all black that one fails: the first thing to be learned
        is to draw black, and by then every hidden unit is dead.

        Args:
            dataset: batches of clips, as for `fit`.
            steps: number of batches to look at.
        """
        colors = [
            tf.reduce_mean(batch["video"], axis=(0, 1, 2, 3))
            for batch in dataset.take(steps)
        ]
        set_mean_color(self.frame_generator, np.mean(colors, axis=0))

    def call(self, video, training=False):
        """Predict the frames after the observed ones, without looking at the rest.

        Args:
            video: `[B, T, H, W, C]` in [0, 1], T at least num_past.
            training: unused; the networks do the same in training.

        Returns:
            `[B, num_future, H, W, C]` in [0, 1].
        """
        past = video[:, : self.num_past]
        return mcnet_rollout.roll_out(self.networks, past, self.num_future)

    def update(self, batch):
        """Train the discriminator, then the generator, on one batch of clips."""
        past, future = self._split(batch["video"])
        learning = {
            "generator_learns": tf.cast(self._generator_learns, "float32"),
            "discriminator_learns": tf.cast(self._discriminator_learns, "float32"),
        }
        tape = tf.GradientTape()
        with tape:
            predicted = self(past)
        fixed = tf.stop_gradient(predicted)
        self.train_discriminator(past, future, fixed)
        losses = self.train_generator(tape, past, future, predicted)
        losses |= self.discriminator_errors(past, future, fixed)
        self.choose_players(losses["real_error"], losses["fake_error"])
        return losses | learning

    def evaluate_batch(self, batch):
        """Evaluate every loss and error on one batch."""
        past, future = self._split(batch["video"])
        predicted = self(past)
        losses = self.generator_losses(past, future, predicted)
        return losses | self.discriminator_errors(past, future, predicted)

    def _split(self, video):
        end = self.num_past + self.num_future
        if video.shape[1] < end:
            raise InputError(
                f"The clips have {video.shape[1]} frames; expected at least {end}, "
                f"{self.num_past} to observe and {self.num_future} to predict."
            )
        return video[:, : self.num_past], video[:, self.num_past : end]

    def train_discriminator(self, past, future, predicted):
        """Move the discriminator unless it is frozen; predictions are constants."""
        with tf.GradientTape() as tape:
            errors = self.discriminator_errors(past, future, predicted)
            loss = self.discriminator_optimizer.scale_loss(
                errors["real_error"] + errors["fake_error"]
            )
        self._apply_if(
            self._discriminator_learns,
            self.discriminator_optimizer,
            tape,
            loss,
            self.frame_discriminator.trainable_variables,
        )

    def train_generator(self, tape, past, future, predicted):
        """Move the generator unless it is frozen; the tape recorded its predictions."""
        with tape:
            losses = self.generator_losses(past, future, predicted)
            loss = self.optimizer.scale_loss(losses["loss"])
        self._apply_if(
            self._generator_learns, self.optimizer, tape, loss, self.generator_variables
        )
        return losses

    def _apply_if(self, condition, optimizer, tape, loss, variables):
        """Move `variables` if `condition`; else neither them nor the optimizer."""
        gradients = mean_over_replicas(tape.gradient(loss, variables))
        apply_if(condition, lambda *g: optimizer.apply(g, variables), gradients)

    def choose_players(self, real_error, fake_error):
        """Decide which players are trained in the next step, from this one's errors."""
        real_error, fake_error = mean_over_replicas([real_error, fake_error])
        discriminator = self._discriminator_learns & (
            tf.minimum(real_error, fake_error) >= LOWEST_ERROR
        )
        generator = self._generator_learns & (
            tf.maximum(real_error, fake_error) <= HIGHEST_ERROR
        )
        neither = ~(discriminator | generator)
        self._discriminator_learns.assign(discriminator | neither)
        self._generator_learns.assign(generator | neither)

    def generator_losses(self, past, future, predicted):
        """Return the generator's losses by name, `loss` their weighted sum."""
        losses = {
            "prediction": mcnet_losses.frame_prediction_loss(future, predicted),
            "gradient_difference": mcnet_losses.gradient_difference_loss(
                future, predicted
            ),
            "adversarial": gan_losses.generator_loss(
                self.discriminate(past, predicted)
            ),
        }
        losses["loss"] = (
            self.image_weight * (losses["prediction"] + losses["gradient_difference"])
            + self.adversarial_weight * losses["adversarial"]
        )
        return losses

    def discriminator_errors(self, past, future, predicted):
        """Return the discriminator's cross-entropies on real and predicted clips."""
        real_error, fake_error = gan_losses.discriminator_errors(
            self.discriminate(past, future), self.discriminate(past, predicted)
        )
        return {"real_error": real_error, "fake_error": fake_error}

    def discriminate(self, past, following):
        """Return the discriminator's logits, `[B, 1]`, of past and what follows."""
        clip = tf.transpose(tf.concat([past, following], axis=1), (0, 2, 3, 1, 4))
        clip = tf.reshape(clip, (-1, *clip.shape[1:3], clip.shape[3] * clip.shape[4]))
        return self.frame_discriminator(clip)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Make a model from what `get_config` returned."""
        values = keras.saving.deserialize_keras_object(config)
        names = [field.name for field in dataclasses.fields(MCNetNetworks)]
        networks = MCNetNetworks(**{name: values.pop(name) for name in names})
        return cls(networks, **values)

    def get_config(self):
        """Return the arguments of the constructor, each network by its name."""
        serialize = keras.saving.serialize_keras_object
        networks = {name: serialize(one) for name, one in vars(self.networks).items()}
        return networks | {
            "num_past": self.num_past,
            "num_future": self.num_future,
            "image_weight": self.image_weight,
            "adversarial_weight": self.adversarial_weight,
            "dtype": self.dtype_policy.name,
            "name": self.name,
        }
