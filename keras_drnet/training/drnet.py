"""DrNet: stage 1, the split of video into content and pose."""

import keras
from keras import ops

from keras_drnet.checks.numbers import check_number
from keras_drnet.errors import InputError
from keras_drnet.losses import drnet_losses
from keras_drnet.losses.adversarial_loss import AdversarialLoss
from keras_drnet.losses.contrasts import SamePair
from keras_drnet.models.encode import encode_content
from keras_drnet.models.networks import Networks
from keras_drnet.models.part_encoders import count_parts
from keras_drnet.models.part_poses import split_pose
from keras_drnet.training.adversarial_model import AdversarialModel

_NEIGHBORS = ("pose_before", "pose_after")


@keras.saving.register_keras_serializable(package="keras_drnet")
class DrNet(AdversarialModel):
    """Training of content encoder, pose encoder, decoder and scene discriminator.

    A step takes four frames of each clip, `content_1`, `content_2`, `pose_1` and
    `pose_2`. The frame `pose_1` is decoded from its own pose and the content of
    another frame (reconstruction loss); the content codes of two frames are pulled
    together (similarity loss). The scene discriminator learns to tell whether two
    poses come from the same clip, and the pose encoder learns to make that impossible:
    an `AdversarialLoss` on pairs of poses. `losses.drnet_losses` has the other terms
    and the meaning of their weights. With `steadiness_weight`, which the paper does
    not have, the frames before and after `pose_1` are encoded too, and the change of
    the pose from each to the next is kept constant. With `decorrelation_weight`, for
    networks of parts, two parts are kept from following the same object. A loss of
    weight 0 is not computed: without `similarity_weight` there need be no `content_2`.

    The pose encoder runs once a step: the encoder and the discriminator are trained on
    the same poses.

    Example:

    ```python
    drnet = DrNet(build_networks(config))
    drnet.compile(keras.optimizers.Adam(2e-3), keras.optimizers.Adam(2e-3))
    drnet.fit(dataset, epochs=20, steps_per_epoch=500)
    ```

    Reference: Denton & Birodkar, NIPS 2017, section 3.1.
    """

    adversary_terms = ("scene_discriminator", "scene_accuracy")

    def __init__(
        self,
        networks=None,
        pose_encoder=None,
        decoder=None,
        scene_discriminator=None,
        *,
        content_encoder=None,
        similarity_weight=0.01,
        steadiness_weight=0.0,
        decorrelation_weight=0.0,
        adversarial_weight=1e-4,
        adversarial_objective="uniform_target",
        adversarial_positions=True,
        dtype=None,
        name="drnet",
    ):
        """Create the model from its networks.

        Args:
            networks: `Networks`; or the content encoder, with the other three networks
                behind it.
            pose_encoder: see `Networks`; given if `networks` is a content encoder, as
                are the next two.
            decoder: see `Networks`.
            scene_discriminator: see `Networks`.
            content_encoder: the content encoder by its name, in place of `networks`.
            similarity_weight: weight of the similarity loss; 0 = off.
            steadiness_weight: weight of the steadiness loss, which needs the frames
                before and after `pose_1` (`pose_before`, `pose_after`); 0 = off.
            decorrelation_weight: weight of the decorrelation loss, which needs a pose
                encoder of two parts or more; 0 = off.
            adversarial_weight: weight of the adversarial loss, a float or a schedule.
            adversarial_objective: loss of the pose encoder against the discriminator,
                a name in `losses.objectives`. The paper's is the cross-entropy to 1/2,
                least where the discriminator cannot tell the two cases apart.
            adversarial_positions: whether the positions of parts are trained against
                the discriminator, as the rest of the pose is. It sees them anyway.
                Where what is in the patch is cut off at its edge, false keeps the
                adversary from moving positions off what they follow.
            dtype: dtype policy of the networks. With `"mixed_float16"`, `compile`
                scales the losses of both optimizers.
            name: name of the model.

        Raises:
            InputError: the objective is unknown, a weight is negative or no number,
                there is a `decorrelation_weight`, but fewer than two parts, or poses
                have no positions to leave out.
        """
        if not isinstance(networks, Networks):
            networks = Networks(
                networks or content_encoder, pose_encoder, decoder, scene_discriminator
            )
        weights = {
            "similarity": similarity_weight,
            "steadiness": steadiness_weight,
            "decorrelation": decorrelation_weight,
        }
        for term, weight in weights.items():
            check_number(weight, f"{term}_weight", least=0)
        super().__init__(
            AdversarialLoss(
                networks.scene_discriminator,
                SamePair(),
                objective=adversarial_objective,
                weight=adversarial_weight,
                name="scene_loss",
            ),
            terms=("reconstruction", *(name for name in weights if weights[name])),
            dtype=dtype,
            name=name,
        )
        self.content_encoder = networks.content_encoder
        self.pose_encoder = networks.pose_encoder
        self.decoder = networks.decoder
        self.scene_discriminator = networks.scene_discriminator
        self.weights_of_terms = weights
        self.num_parts = count_parts(self.pose_encoder)
        self.adversarial_positions = adversarial_positions
        if not (adversarial_positions or self.num_parts):
            raise InputError(
                "adversarial_positions is false, but the pose encoder has no parts; "
                "expected one of parts, or true."
            )
        if decorrelation_weight and self.num_parts < 2:
            raise InputError(
                f"decorrelation_weight is {decorrelation_weight}, but the pose encoder "
                f"has {self.num_parts} parts; expected at least 2 (pose_encoder=parts, "
                "num_parts=2), or a weight of 0."
            )

    @property
    def feature_variables(self):
        """The trainable variables of both encoders and the decoder, each once."""
        variables = (
            self.content_encoder.trainable_variables
            + self.pose_encoder.trainable_variables
            + self.decoder.trainable_variables
        )
        return list({id(variable): variable for variable in variables}.values())

    def call(self, batch, training=False):
        """Decode `pose_1`'s frame from its pose and the content of `content_1`.

        Args:
            batch: dict of frames with `content_1`, as `encode_content` takes them, and
                `pose_1`, `[B, H, W, C]`.
            training: whether batch normalization uses the batch's statistics.

        Returns:
            Frames `[B, H, W, C]`.
        """
        content = encode_content(
            self.content_encoder, batch["content_1"], training=training
        )
        pose = self.pose_encoder(batch["pose_1"], training=training)
        return self.decoder((content, pose), training=training)

    def compute_losses(self, batch, *, training):
        weights = self.weights_of_terms
        self._check_frames(batch)
        content, skips = encode_content(
            self.content_encoder, batch["content_1"], training=training
        )
        pose_1, *neighbors = self._encode_moving(batch, training=training)
        pose_2 = self.pose_encoder(batch["pose_2"], training=training)
        frames = self.decoder(((content, skips), pose_1), training=training)
        terms = {}
        if weights["similarity"]:
            other_content, _ = encode_content(
                self.content_encoder, batch["content_2"], training=training
            )
            terms["similarity"] = drnet_losses.similarity_loss(content, other_content)
        if weights["steadiness"]:
            before, after = neighbors
            terms["steadiness"] = drnet_losses.steadiness_loss(
                before, pose_1, after, pose_2, synchronized=self.synchronized
            )
        if weights["decorrelation"]:
            parts = split_pose(ops.concatenate([pose_1, pose_2]), self.num_parts)
            terms["decorrelation"] = drnet_losses.decorrelation_loss(
                parts[..., :2], synchronized=self.synchronized
            )
        reconstruction = drnet_losses.reconstruction_loss(batch["pose_1"], frames)
        loss = reconstruction + sum(weights[name] * terms[name] for name in terms)
        terms |= {"reconstruction": reconstruction, "loss": loss}
        poses = tuple(map(self._contrasted_pose, (pose_1, pose_2)))
        return terms, {"features": poses} | self.of_other_clips(poses[1])

    def _contrasted_pose(self, pose):
        """Return a pose as the adversarial loss sees it."""
        if self.adversarial_positions:
            return pose
        positions, residuals = ops.split(pose, [2 * self.num_parts], axis=1)
        return ops.concatenate([ops.stop_gradient(positions), residuals], axis=1)

    def _check_frames(self, batch):
        needed = {"similarity": ["content_2"], "steadiness": _NEIGHBORS}
        for term, names in needed.items():
            if self.weights_of_terms[term] and not batch.keys() >= {*names}:
                raise InputError(
                    f"{term}_weight is {self.weights_of_terms[term]}, but the batch "
                    f"has no {' and '.join(names)}; expected what `load_dataset` makes "
                    f"of a configuration with a {term}_weight, or a weight of 0."
                )

    def _encode_moving(self, batch, *, training):
        """Return the pose of `pose_1` and, where asked for, before and after it.

        They are encoded together: batch norm takes the same off each.
        """
        names = ["pose_1"]
        if self.weights_of_terms["steadiness"]:
            names += _NEIGHBORS
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
            "adversarial_weight": serialize(self.adversarial.weight),
            "adversarial_objective": self.adversarial.objective,
            "adversarial_positions": self.adversarial_positions,
            "dtype": self.dtype_policy.name,
            "name": self.name,
        } | {f"{term}_weight": w for term, w in self.weights_of_terms.items()}
