"""The networks of a method by role, and how to build them from a configuration."""

import dataclasses

import keras

from keras_drnet.errors import InputError, choose
from keras_drnet.models import blocks
from keras_drnet.models.content_encoder import (
    CONTENT_ENCODERS,
    HEADS,
    build_content_encoder,
)
from keras_drnet.models.decoder import DECODERS
from keras_drnet.models.mcnet_networks import build_mcnet_networks, check_num_past
from keras_drnet.models.pose_encoder import POSE_ENCODERS, build_pose_encoder
from keras_drnet.models.pose_lstm import build_pose_lstm
from keras_drnet.models.scene_discriminator import build_scene_discriminator

# Name of a content encoder to that of the decoder that reads its skips.
DECODER_FOR = {name: name for name in DECODERS} | {
    "none": "dcgan",
    "resnet18": "dcgan",
}


@dataclasses.dataclass(frozen=True)
class Networks:
    """The five networks of DrNet.

    Attributes:
        content_encoder: frames `[B, H, W, C]` to `(content, skips)`.
        pose_encoder: frames to pose `[B, Dp]`.
        decoder: `((content, skips), pose)` to frames.
        scene_discriminator: a pair of poses to a logit `[B, 1]`, 1 = same clip.
        pose_lstm: `(pose, content, state)` to `(next_pose, next_state)`; `None` where
            nothing is predicted.
    """

    content_encoder: keras.Model
    pose_encoder: keras.Model
    decoder: keras.Model
    scene_discriminator: keras.Model
    pose_lstm: keras.Model | None = None


def build_networks(config, *, dtype="float32"):
    """Build the networks of a configuration, with new weights.

    Args:
        config: a `Config`.
        dtype: dtype policy of the layers. Codes, frames and logits are float32
            under any policy.

    Returns:
        The `Networks`, or the `MCNetNetworks` where that is the method.

    Raises:
        InputError: as `check_networks`.
    """
    check_networks(config)
    if config.method == "mcnet":
        return build_mcnet_networks(config, dtype=dtype)
    return build_drnet_networks(config, dtype=dtype)


def check_networks(config):
    """Check that the networks of a configuration can be built, without building them.

    Raises:
        InputError: an impossible image size, an unknown network, a content encoder and
            a decoder that do not fit together, or too few observed frames for MCNet.
    """
    blocks.num_stages(config.data.image_size)
    if config.method == "mcnet":
        check_num_past(config.data.num_past)
        return
    model = config.model
    choose(CONTENT_ENCODERS, model.content_encoder, "content encoder")
    choose(dict.fromkeys(HEADS), model.content_head, "head of the content encoder")
    choose(POSE_ENCODERS, model.pose_encoder, "pose encoder")
    choose(DECODERS, model.decoder, "decoder")
    fitting = DECODER_FOR[model.content_encoder]
    if model.decoder != fitting:
        raise InputError(
            f"A {model.decoder!r} decoder cannot read the maps of a "
            f"{model.content_encoder!r} content encoder; set model.decoder to "
            f"{fitting!r}."
        )


def build_drnet_networks(config, *, dtype="float32"):
    """Build the networks of DrNet; arguments are those of `build_networks`."""
    data, model = config.data, config.model
    frame = (data.image_size, data.num_channels)
    return Networks(
        content_encoder=build_content_encoder(
            model.content_encoder,
            *frame,
            model.content_dim,
            model.num_filters,
            head=model.content_head,
            dtype=dtype,
        ),
        pose_encoder=build_pose_encoder(
            model.pose_encoder,
            *frame,
            model.pose_dim,
            model.num_filters,
            normalize=model.normalize_pose,
            dtype=dtype,
        ),
        decoder=DECODERS[model.decoder](
            *frame, model.content_dim, model.pose_dim, model.num_filters, dtype=dtype
        ),
        scene_discriminator=build_scene_discriminator(
            model.pose_dim,
            model.discriminator_units,
            standardize=model.standardize_pairs,
            dtype=dtype,
        ),
        pose_lstm=build_pose_lstm(
            model.pose_dim,
            model.content_dim,
            model.lstm_units,
            model.lstm_layers,
            dtype=dtype,
        ),
    )
