"""Checks that the networks of a configuration can be built."""

from keras_drnet.errors import InputError, choose
from keras_drnet.models import blocks
from keras_drnet.models.content_encoder import CONTENT_ENCODERS, HEADS
from keras_drnet.models.decoder import DECODERS
from keras_drnet.models.mcnet_networks import check_num_past
from keras_drnet.models.pose_encoder import POSE_ENCODERS

PARTS = "parts"  # Parts of known number over a background that is the same for all.
LAYERED = "layered"  # Parts in front of the background of each clip.
# Families of both encoders and the decoder, which share positions and patches.
PART_FAMILIES = (PARTS, LAYERED)
# Content encoders that read several frames, beside that of parts: those without maps.
SEVERAL_FRAMES = ("dcgan", "resnet18")
# Name of a content encoder to that of the decoder that reads its skips.
DECODER_FOR = {name: name for name in DECODERS} | {
    "none": "dcgan",
    "resnet18": "dcgan",
}


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
    names = (model.content_encoder, model.pose_encoder, model.decoder)
    for family in PART_FAMILIES:
        if family in names:
            _check_parts(config, family)
            return
    if model.num_content_frames != 1 and model.content_encoder not in SEVERAL_FRAMES:
        raise InputError(
            f"num_content_frames is {model.num_content_frames}, but a "
            f"{model.content_encoder!r} content encoder reads one frame; set "
            "model.num_content_frames to 1, or model.content_encoder to one of "
            f"{[*SEVERAL_FRAMES, PARTS]}."
        )
    _check_num_content_frames(config)
    if model.lstm_per_part:
        raise InputError(
            "lstm_per_part is true, but the networks are not of parts; set "
            f"model.lstm_per_part to false, or all networks to {PARTS!r}."
        )
    if config.pose.position_weight != 1:
        raise InputError(
            f"pose.position_weight is {config.pose.position_weight}, but the networks "
            "are not of parts: their poses have no positions; set it to 1, or all "
            f"networks to {PARTS!r} or {LAYERED!r}."
        )
    # Not of the tables: all three networks are built together.
    parts = dict.fromkeys(PART_FAMILIES)
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


def _check_parts(config, family):
    """Check the networks of a family of parts: see `check_networks`."""
    data, model = config.data, config.model
    for key in ("content_encoder", "pose_encoder", "decoder"):
        if getattr(model, key) != family:
            raise InputError(
                f"model.{key} is {getattr(model, key)!r}, but networks of the family "
                f"{family!r} only fit each other; set all three to {family!r}."
            )
    if family == LAYERED:
        _check_layered(model)
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
    _check_num_content_frames(config)
    blocks.patch_filters(model.patch_size or data.image_size // 2, model.num_filters)


def _check_num_content_frames(config):
    num_frames, num_past = config.model.num_content_frames, config.data.num_past
    if num_frames > num_past:
        raise InputError(
            f"num_content_frames is {num_frames}, but {num_past} frames are observed "
            "(data.num_past); expected at most as many."
        )


def _check_layered(model):
    """Check what networks of layers need, or lack, beside those of parts."""
    if model.num_content_frames != 1:
        raise InputError(
            f"num_content_frames is {model.num_content_frames}, but a {LAYERED!r} "
            "content encoder reads one frame; set model.num_content_frames to 1."
        )
    if model.centered_parts:
        raise InputError(
            f"centered_parts is true, but a {LAYERED!r} decoder draws no centroids; "
            "set model.centered_parts to false."
        )
    if model.pose_dim < 3 * model.num_parts:
        raise InputError(
            f"pose_dim is {model.pose_dim}; expected at least 3 for each of "
            f"{model.num_parts} parts, as a {LAYERED!r} decoder draws with residuals."
        )
