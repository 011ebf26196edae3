"""The networks of a method by role, and how to build them from a configuration."""

import concurrent.futures
import dataclasses

import keras

from keras_drnet.models.content_encoder import build_content_encoder
from keras_drnet.models.decoder import DECODERS
from keras_drnet.models.layered_decoder import build_layered_decoder
from keras_drnet.models.layered_encoder import build_layered_content_encoder
from keras_drnet.models.localizer import build_localizer
from keras_drnet.models.mcnet_networks import build_mcnet_networks
from keras_drnet.models.network_checks import (
    LAYERED,
    PART_FAMILIES,
    check_networks,
)
from keras_drnet.models.part_decoder import build_part_decoder
from keras_drnet.models.part_encoders import (
    build_part_content_encoder,
    build_part_pose_encoder,
)
from keras_drnet.models.pose_encoder import build_pose_encoder
from keras_drnet.models.pose_lstm import build_pose_lstm
from keras_drnet.models.scene_discriminator import build_scene_discriminator


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
        InputError: as `network_checks.check_networks`.
    """
    check_networks(config)
    if config.method == "mcnet":
        return build_mcnet_networks(config, dtype=dtype)
    return build_drnet_networks(config, dtype=dtype)


def build_drnet_networks(config, *, dtype="float32"):
    """Build the networks of DrNet; arguments are those of `build_networks`."""
    model = config.model
    is_of_parts = model.content_encoder in PART_FAMILIES
    build = _build_part_autoencoder if is_of_parts else _build_autoencoder
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
            predicts_change=model.lstm_predicts_change,
            reads_content=model.lstm_reads_content,
            reads_changes=model.lstm_reads_changes,
            dropout=model.lstm_dropout,
            # A walker's place is right to a fraction of what bfloat16 can tell apart.
            dtype="float32" if model.lstm_reads_changes else dtype,
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
        num_frames=model.num_content_frames,
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
    """Build encoders and decoder of parts or of layers; the encoders share a localizer.

    The pose is the same for both families.
    """
    frame = (data.image_size, data.num_channels)
    patch_size = model.patch_size or data.image_size // 2
    localizer = build_localizer(
        *frame, model.num_parts, model.localizer_filters, dtype=dtype
    )
    if model.content_encoder == LAYERED:
        build_content, content_options = build_layered_content_encoder, {}
        build_decoder, decoder_options = build_layered_decoder, {}
    else:
        build_content = build_part_content_encoder
        content_options = {"num_frames": model.num_content_frames}
        build_decoder = build_part_decoder
        decoder_options = {
            "centered": model.centered_parts,
            "background": model.background,
        }
    content_encoder = build_content(
        localizer,
        patch_size,
        model.content_dim,
        model.num_filters,
        dtype=dtype,
        **content_options,
    )
    pose_encoder = build_part_pose_encoder(
        localizer, patch_size, model.pose_dim, model.num_filters, dtype=dtype
    )
    decoder = build_decoder(
        *frame,
        model.num_parts,
        patch_size,
        model.content_dim,
        model.pose_dim,
        model.num_filters,
        dtype=dtype,
        **decoder_options,
    )
    return content_encoder, pose_encoder, decoder


def count_weights(config):
    """Count the weights of a configuration's networks, in no time and no memory.

    Args:
        config: a `Config`.

    Returns:
        A dict of a network's name to its number of weights.

    Raises:
        InputError: as `network_checks.check_networks`.
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
