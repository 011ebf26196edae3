"""DrNet: the model that learns to split video into content and pose."""

import keras
import tensorflow as tf

from keras_drnet import losses
from keras_drnet.training_step import TwoPlayerModel, apply_gradients, track


class DrNet(TwoPlayerModel):
    """Trains content encoder, pose encoder, decoder and scene discriminator.

    A step takes four frames of each clip, `content_1`, `content_2`, `pose_1` and
    `pose_2`. The frame `pose_1` is decoded from its own pose and the content of
    another frame; the content of two frames is pulled together; the scene
    discriminator learns to tell whether two poses come from one clip, and the pose
    encoder to leave it guessing. `losses` has the terms and says what their weights
    mean.

    The pose encoder sees each frame once a step: the poses on which the encoder was
    just trained are those on which the discriminator then is.

    Example:

    ```python
    drnet = DrNet(content_encoder, pose_encoder, decoder, scene_discriminator)
    drnet.compile(keras.optimizers.Adam(2e-3), keras.optimizers.Adam(2e-3))
    drnet.fit(dataset, epochs=20, steps_per_epoch=500)
    ```

    Reference: Denton & Birodkar, NIPS 2017, section 3.1.
    """

    def __init__(
        self,
        content_encoder,
        pose_encoder,
        decoder,
        scene_discriminator,
        *,
        similarity_weight=0.01,
        adversarial_weight=1e-4,
        dtype=None,
        name="drnet",
    ):
        """Holds the networks.

        Args:
            content_encoder: frames `[B, H, W, C]` to `(content, skips)`.
            pose_encoder: frames to pose `[B, Dp]`.
            decoder: `((content, skips), pose)` to frames.
            scene_discriminator: pair of poses to logits `[B, 1]`, 1 = same clip.
            similarity_weight: weight of the similarity loss.
            adversarial_weight: weight of the adversarial loss.
            dtype: dtype policy of the networks. With `"mixed_float16"`, `compile`
                scales the losses of both optimizers.
            name: name of the model.
        """
        super().__init__(name=name, dtype=dtype)
        self.content_encoder = content_encoder
        self.pose_encoder = pose_encoder
        self.decoder = decoder
        self.scene_discriminator = scene_discriminator
        self.similarity_weight = similarity_weight
        self.adversarial_weight = adversarial_weight
        self._trackers = {
            name: keras.metrics.Mean(name=name)
            for name in (
                "loss",
                "reconstruction",
                "similarity",
                "adversarial",
                "scene_discriminator",
                "scene_accuracy",
            )
        }

    @property
    def autoencoder_variables(self):
        """The trainable variables of both encoders and the decoder."""
        return (
            self.content_encoder.trainable_variables
            + self.pose_encoder.trainable_variables
            + self.decoder.trainable_variables
        )

    def build_optimizers(self):
        """Creates the optimizers' variables, so that they can be restored."""
        self.optimizer.build(self.autoencoder_variables)
        self.discriminator_optimizer.build(self.scene_discriminator.trainable_variables)

    def call(self, batch, training=False):
        """Decodes `pose_1`'s frame from its pose and the content of `content_1`.

        Args:
            batch: dict of frames `[B, H, W, C]` with `content_1` and `pose_1`.
            training: whether batch normalisation uses the batch's statistics.

        Returns:
            Frames `[B, H, W, C]`.
        """
        content = self.content_encoder(batch["content_1"], training=training)
        pose = self.pose_encoder(batch["pose_1"], training=training)
        return self.decoder((content, pose), training=training)

    def train_step(self, batch):
        """Trains the auto-encoder, then the scene discriminator, on one batch."""
        losses_, poses = self._train_autoencoder(batch)
        losses_ |= self._train_scene_discriminator(*poses)
        return track(self._trackers, losses_)

    def test_step(self, batch):
        """Evaluates every loss on one batch, with frozen statistics."""
        losses_, poses = self._autoencoder_losses(batch, training=False)
        losses_ |= self._scene_discriminator_losses(*poses)
        return track(self._trackers, losses_)

    def _train_autoencoder(self, batch):
        with tf.GradientTape() as tape:
            losses_, poses = self._autoencoder_losses(batch, training=True)
            loss = self.optimizer.scale_loss(losses_["loss"])
        apply_gradients(self.optimizer, tape, loss, self.autoencoder_variables)
        return losses_, poses

    def _train_scene_discriminator(self, pose_1, pose_2):
        with tf.GradientTape() as tape:
            losses_ = self._scene_discriminator_losses(pose_1, pose_2)
            loss = self.discriminator_optimizer.scale_loss(
                losses_["scene_discriminator"]
            )
        apply_gradients(
            self.discriminator_optimizer,
            tape,
            loss,
            self.scene_discriminator.trainable_variables,
        )
        return losses_

    def _autoencoder_losses(self, batch, *, training):
        content_1, skips = self.content_encoder(batch["content_1"], training=training)
        content_2, _ = self.content_encoder(batch["content_2"], training=training)
        pose_1 = self.pose_encoder(batch["pose_1"], training=training)
        pose_2 = tf.stop_gradient(self.pose_encoder(batch["pose_2"], training=training))
        frames = self.decoder(((content_1, skips), pose_1), training=training)
        same_logits = self.scene_discriminator((pose_1, pose_2))
        losses_ = {
            "reconstruction": losses.reconstruction_loss(batch["pose_1"], frames),
            "similarity": losses.similarity_loss(content_1, content_2),
            "adversarial": losses.adversarial_loss(same_logits),
        }
        losses_["loss"] = (
            losses_["reconstruction"]
            + self.similarity_weight * losses_["similarity"]
            + self.adversarial_weight * losses_["adversarial"]
        )
        return losses_, (tf.stop_gradient(pose_1), pose_2)

    def _scene_discriminator_losses(self, pose_1, pose_2):
        same_logits = self.scene_discriminator((pose_1, pose_2))
        # Rolled, not shuffled: no clip is ever paired with itself.
        different_logits = self.scene_discriminator(
            (pose_1, tf.roll(pose_2, shift=1, axis=0))
        )
        return {
            "scene_discriminator": losses.scene_discriminator_loss(
                same_logits, different_logits
            ),
            "scene_accuracy": losses.scene_accuracy(same_logits, different_logits),
        }
