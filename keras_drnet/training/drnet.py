"""DrNet: the model that learns to split video into content and pose."""

import keras
from keras import ops

from keras_drnet.losses import drnet_losses
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import SamePair
from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class DrNet(AdversarialModel):
    """Trains content encoder, pose encoder, decoder and scene discriminator.

    A step takes four frames of each clip, `content_1`, `content_2`, `pose_1` and
    `pose_2`. The frame `pose_1` is decoded from its own pose and the content of
    another frame; the content of two frames is pulled together; the scene
    discriminator learns to tell whether two poses come from one clip, and the pose
    encoder to leave it guessing: an `AdversarialLoss` on pairs of poses. `losses` has
    the other terms and says what their weights mean. With `steadiness_weight`, which
    the paper does not have, the frames before and after `pose_1` come too, and poses
    are to move by as much from each to the next.

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

    adversary_terms = ("scene_discriminator", "scene_accuracy")

    def __init__(
        self,
        content_encoder,
        pose_encoder,
        decoder,
        scene_discriminator,
        *,
        similarity_weight=0.01,
        steadiness_weight=0.0,
        adversarial_weight=1e-4,
        adversarial_objective="uniform_target",
        dtype=None,
        name="drnet",
    ):
        """Hold the networks.

        Args:
            content_encoder: frames `[B, H, W, C]` to `(content, skips)`.
            pose_encoder: frames to pose `[B, Dp]`.
            decoder: `((content, skips), pose)` to frames.
            scene_discriminator: pair of poses to logits `[B, 1]`, 1 = same clip.
            similarity_weight: weight of the similarity loss.
            steadiness_weight: weight of the steadiness loss, which needs the frames
                before and after `pose_1` (`pose_before`, `pose_after`); 0 = off.
            adversarial_weight: weight of the adversarial loss, a float or a schedule.
            adversarial_objective: what poses minimize against the discriminator, a
                name in `losses.objectives`. The paper's is the cross-entropy to
                1/2, least where it cannot tell whether a pair is of one clip.
            dtype: dtype policy of the networks. With `"mixed_float16"`, `compile`
                scales the losses of both optimizers.
            name: name of the model.

        Raises:
            InputError: the objective is unknown.
        """
        super().__init__(
            AdversarialLoss(
                scene_discriminator,
                SamePair(),
                objective=adversarial_objective,
                weight=adversarial_weight,
                name="scene_loss",
            ),
            terms=("reconstruction", "similarity")
            + (("steadiness",) if steadiness_weight else ()),
            dtype=dtype,
            name=name,
        )
        self.content_encoder = content_encoder
        self.pose_encoder = pose_encoder
        self.decoder = decoder
        self.scene_discriminator = scene_discriminator
        self.similarity_weight = similarity_weight
        self.steadiness_weight = steadiness_weight

    @property
    def feature_variables(self):
        """The trainable variables of both encoders and the decoder."""
        return (
            self.content_encoder.trainable_variables
            + self.pose_encoder.trainable_variables
            + self.decoder.trainable_variables
        )

    def call(self, batch, training=False):
        """Decode `pose_1`'s frame from its pose and the content of `content_1`.

        Args:
            batch: dict of frames `[B, H, W, C]` with `content_1` and `pose_1`.
            training: whether batch normalization uses the batch's statistics.

        Returns:
            Frames `[B, H, W, C]`.
        """
        content = self.content_encoder(batch["content_1"], training=training)
        pose = self.pose_encoder(batch["pose_1"], training=training)
        return self.decoder((content, pose), training=training)

    def compute_losses(self, batch, *, training):
        content_1, skips = self.content_encoder(batch["content_1"], training=training)
        content_2, _ = self.content_encoder(batch["content_2"], training=training)
        pose_1, *neighbors = self._encode_moving(batch, training=training)
        pose_2 = self.pose_encoder(batch["pose_2"], training=training)
        frames = self.decoder(((content_1, skips), pose_1), training=training)
        terms = {
            "reconstruction": drnet_losses.reconstruction_loss(batch["pose_1"], frames),
            "similarity": drnet_losses.similarity_loss(content_1, content_2),
        }
        terms["loss"] = (
            terms["reconstruction"] + self.similarity_weight * terms["similarity"]
        )
        if self.steadiness_weight:
            before, after = neighbors
            steadiness = drnet_losses.steadiness_loss(before, pose_1, after, pose_2)
            terms["steadiness"] = steadiness
            terms["loss"] += self.steadiness_weight * steadiness
        return terms, {"features": (pose_1, pose_2)}

    def _encode_moving(self, batch, *, training):
        """Return the pose of `pose_1` and, where asked for, before and after it.

        They are encoded together: batch norm takes the same off each.
        """
        names = ["pose_1"]
        if self.steadiness_weight:
            names += ["pose_before", "pose_after"]
        frames = ops.concatenate([batch[name] for name in names])
        return ops.split(self.pose_encoder(frames, training=training), len(names))

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return {
            "content_encoder": serialize(self.content_encoder),
            "pose_encoder": serialize(self.pose_encoder),
            "decoder": serialize(self.decoder),
            "scene_discriminator": serialize(self.scene_discriminator),
            "similarity_weight": self.similarity_weight,
            "steadiness_weight": self.steadiness_weight,
            "adversarial_weight": serialize(self.adversarial.weight),
            "adversarial_objective": self.adversarial.objective,
            "dtype": self.dtype_policy.name,
            "name": self.name,
        }
