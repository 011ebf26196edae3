"""The networks of a method by role, and how to build them from a configuration."""

import concurrent.futures
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
from keras_drnet.models.localizer import build_localizer
from keras_drnet.models.mcnet_networks import build_mcnet_networks, check_num_past
from keras_drnet.models.part_decoder import build_part_decoder
from keras_drnet.models.part_encoders import (
    build_part_content_encoder,
    build_part_pose_encoder,
)
from keras_drnet.models.pose_encoder import POSE_ENCODERS, build_pose_encoder
from keras_drnet.models.pose_lstm import build_pose_lstm
from keras_drnet.models.scene_discriminator import build_scene_discriminator

PARTS = "parts"  # The family of both encoders and the decoder that share patches.
# Name of a content encoder to that of the decoder that reads its skips.
DECODER_FOR = {name: name for name in DECODERS} | {
    "none": "dcgan",
    "resnet18": "dcgan",
}


@dataclasses.dataclass(frozen=True)
class Networks:
    """The five networks of DrNet.

    Attributes:
        content_encoder: frames `[B, H, W, C]` to `(content, skips)`, or
            `[B, N, H, W, C]` for one of several frames: see `encode.encode_content`.
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
    if PARTS in (model.content_encoder, model.pose_encoder, model.decoder):
        _check_parts(config)
        return
    if model.num_content_frames != 1:
        raise InputError(
            f"num_content_frames is {model.num_content_frames}, but a "
            f"{model.content_encoder!r} content encoder reads one frame; set "
            f"model.num_content_frames to 1, or all networks to {PARTS!r}."
        )
    if model.lstm_per_part:
        raise InputError(
            "lstm_per_part is true, but the networks are not of parts; set "
            f"model.lstm_per_part to false, or all networks to {PARTS!r}."
        )
    parts = {PARTS: None}  # Not one of the tables: all three are built together.
    choose(CONTENT_ENCODERS | parts, model.content_encoder, "content encoder")
    choose(dict.fromkeys(HEADS), model.content_head, "head of the content encoder")
    choose(POSE_ENCODERS | parts, model.pose_encoder, "pose encoder")
    choose(DECODERS | parts, model.decoder, "decoder")
    fitting = DECODER_FOR[model.content_encoder]
    if model.decoder != fitting:
        raise InputError(
            f"A {model.decoder!r} decoder cannot read the maps of a "
            f"{model.content_encoder!r} content encoder; set model.decoder to "
            f"{fitting!r}."
        )


def _check_parts(config):
    """Check the networks of parts: see `check_networks`."""
    data, model = config.data, config.model
    for key in ("content_encoder", "pose_encoder", "decoder"):
        if getattr(model, key) != PARTS:
            raise InputError(
                f"model.{key} is {getattr(model, key)!r}, but networks of the family "
                f"{PARTS!r} only fit each other; set all three to {PARTS!r}."
            )
    if model.normalize_pose:
        raise InputError(
            "normalize_pose is true, but a pose of positions has no unit norm; set "
            "model.normalize_pose to false."
        )
    for key, least in (("content_dim", 1), ("pose_dim", 2)):
        dim, num = getattr(model, key), model.num_parts
        if dim % num or dim < least * num:
            raise InputError(
                f"{key} is {dim}; expected a multiple of num_parts ({num}), at least "
                f"{least * num}."
            )
    if model.num_content_frames > data.num_past:
        raise InputError(
            f"num_content_frames is {model.num_content_frames}, but {data.num_past} "
            "frames are observed (data.num_past); expected at most as many."
        )
    blocks.patch_filters(model.patch_size or data.image_size // 2, model.num_filters)


def build_drnet_networks(config, *, dtype="float32"):
    """Build the networks of DrNet; arguments are those of `build_networks`."""
    model = config.model
    is_parts = model.content_encoder == PARTS
    build = _build_part_autoencoder if is_parts else _build_autoencoder
    content_encoder, pose_encoder, decoder = build(config.data, model, dtype)
    return Networks(
        content_encoder=content_encoder,
        pose_encoder=pose_encoder,
        decoder=decoder,
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
            num_parts=model.num_parts if model.lstm_per_part else 1,
            dtype=dtype,
        ),
    )


def _build_autoencoder(data, model, dtype):
    """Build encoders and decoder of whole frames."""
    frame = (data.image_size, data.num_channels)
    content_encoder = build_content_encoder(
        model.content_encoder,
        *frame,
        model.content_dim,
        model.num_filters,
        head=model.content_head,
        dtype=dtype,
    )
    pose_encoder = build_pose_encoder(
        model.pose_encoder,
        *frame,
        model.pose_dim,
        model.num_filters,
        normalize=model.normalize_pose,
        dtype=dtype,
    )
    decoder = DECODERS[model.decoder](
        *frame, model.content_dim, model.pose_dim, model.num_filters, dtype=dtype
    )
    return content_encoder, pose_encoder, decoder


def _build_part_autoencoder(data, model, dtype):
    """Build encoders and decoder of parts; the encoders share a localizer."""
    frame = (data.image_size, data.num_channels)
    patch_size = model.patch_size or data.image_size // 2
    localizer = build_localizer(
        *frame, model.num_parts, model.localizer_filters, dtype=dtype
    )
    content_encoder = build_part_content_encoder(
        localizer,
        patch_size,
        model.content_dim,
        model.num_filters,
        num_frames=model.num_content_frames,
        dtype=dtype,
    )
    pose_encoder = build_part_pose_encoder(
        localizer, patch_size, model.pose_dim, model.num_filters, dtype=dtype
    )
    decoder = build_part_decoder(
        *frame,
        model.num_parts,
        patch_size,
        model.content_dim,
        model.pose_dim,
        model.num_filters,
        centered=model.centered_parts,
        background=model.background,
        dtype=dtype,
    )
    return content_encoder, pose_encoder, decoder


def count_weights(config):
    """Count the weights of a configuration's networks, in no time and no memory.

    Args:
        config: a `Config`.

    Returns:
        A dict of a network's name to its number of weights.

    Raises:
        InputError: as `check_networks`.
    """

    def count():
        with keras.StatelessScope(initialize_variables=False):
            networks = vars(build_networks(config))
            return {name: one.count_params() for name, one in networks.items()}

    # Keras keeps a list of the variables that wait for their values, a list a thread.
    with concurrent.futures.ThreadPoolExecutor(1) as thread:
        return thread.submit(count).result()


def own_weights(networks, name):
    """Return the weights of a network that are kept under its name.

    Content and pose encoder may share a localizer: its weights are the pose encoder's,
    which a later stage may train further.

    Args:
        networks: the method's networks.
        name: field of the networks.
    """
    weights = getattr(networks, name).weights
    if name != "content_encoder":
        return weights
    shared = {id(weight) for weight in networks.pose_encoder.weights}
    return [weight for weight in weights if id(weight) not in shared]
