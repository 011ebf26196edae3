"""Every network, with the parameters that the authors' 64x64 version has.

The counts are worked out from the layers in the authors' PyTorch code (all
convolutions with bias; of batch norm, scale and offset): 3 channels, content 128,
pose 10, 64 filters, discriminator 100 wide, LSTM 256 wide. Two differ by a known
amount: PyTorch's LSTM cell has two biases where Keras has one. The pose encoder of
keypoints and the networks of parts and layers are ours, and so are their counts.
"""

import dataclasses
import functools
from collections.abc import Callable

from keras_drnet.models.content_encoder import build_content_encoder
from keras_drnet.models.decoder import DECODERS
from keras_drnet.models.layered_decoder import build_layered_decoder
from keras_drnet.models.layered_encoder import build_layered_content_encoder
from keras_drnet.models.localizer import build_localizer
from keras_drnet.models.part_decoder import build_part_decoder
from keras_drnet.models.part_encoders import (
    build_part_content_encoder,
    build_part_pose_encoder,
)
from keras_drnet.models.pose_encoder import build_pose_encoder
from keras_drnet.models.pose_lstm import build_pose_lstm
from keras_drnet.models.scene_discriminator import build_scene_discriminator

CONTENT_DIM = 128
POSE_DIM = 10
NUM_FILTERS = 64
# Of networks of parts and layers: two parts in patches of half the frame, with three
# residuals each.
NUM_PARTS = 2


@dataclasses.dataclass(frozen=True)
class Descriptor:
    """How to build a network of any size, and what is known of it."""

    name: str
    build: Callable  # (image_size, num_channels, num_filters, dtype) to a model.
    num_parameters: int  # Trainable ones, at 64x64x3 with 64 filters.
    sized: bool = True  # Whether its layers depend on the frame.


def _conv(inputs, outputs, kernel):
    return inputs * outputs * kernel * kernel + outputs


def _conv_norm(inputs, outputs, kernel):
    return _conv(inputs, outputs, kernel) + 2 * outputs


def _dcgan_encoder(dim):
    widths = [3, 64, 128, 256, 512]
    stages = zip(widths, widths[1:], strict=False)
    return sum(_conv_norm(a, b, 4) for a, b in stages) + _conv_norm(512, dim, 4)


def _keypoints_encoder(dim):
    return (
        _conv_norm(3, 64, 4)
        + _conv_norm(64, 128, 4)
        + _conv_norm(128, 256, 4)
        + 2 * _conv_norm(256, 128, 3)
        + _conv(128, 16, 1)
        + _dense(2 * 16, dim)
    )


def _part_encoder(dim):
    """Returns the count of a localizer and of an encoder of 32x32 patches."""
    widths = [3, 64, 128, 256]
    stages = zip(widths, widths[1:], strict=False)
    convolutions = sum(_conv_norm(a, b, 4) for a, b in stages)
    head = _conv_norm(256, dim // NUM_PARTS, 4)
    return _keypoints_encoder(2 * NUM_PARTS) + convolutions + head


def _part_decoder():
    return (
        _conv_norm((CONTENT_DIM + POSE_DIM) // NUM_PARTS - 2, 256, 4)
        + _conv_norm(256, 128, 4)
        + _conv_norm(128, 64, 4)
        + _conv(64, 3 + 1, 4)
    )


def _background():
    """Returns the count of the U-Net behind the parts, with a map of their windows."""
    downs = [(3 + 1, 42), (42, 84), (84, 168), (168, 168)]
    ups = [(168 + 168, 168), (168 + 84, 84), (84 + 42, 64)]
    return sum(_conv_norm(a, b, 4) for a, b in downs) + sum(
        _conv_norm(a, b, 3) for a, b in ups
    )


def _layered_decoder():
    return (
        _conv_norm((CONTENT_DIM + POSE_DIM) // NUM_PARTS - 2, 256, 4)
        + _conv_norm(2 * 256, 128, 4)
        + _conv_norm(2 * 128, 64, 4)
        + _conv_norm(2 * 64, 64 + 1, 3)
        + _conv_norm(2 * 64, 64, 3)
        + _conv(64, 3 + 1, 4)
    )


def _dcgan_decoder(factor):
    return (
        _conv_norm(CONTENT_DIM + POSE_DIM, 512, 4)
        + _conv_norm(512 * factor, 256, 4)
        + _conv_norm(256 * factor, 128, 4)
        + _conv_norm(128 * factor, 64, 4)
        + _conv(64 * factor, 3, 4)
    )


def _vgg_chain(widths):
    return sum(_conv_norm(a, b, 3) for a, b in zip(widths, widths[1:], strict=False))


def _vgg_encoder():
    blocks = [[3, 64, 64], [64, 128, 128], [128] + [256] * 3, [256] + [512] * 3]
    return sum(map(_vgg_chain, blocks)) + _conv_norm(512, CONTENT_DIM, 4)


def _vgg_decoder():
    blocks = [[1024, 512, 512, 256], [512, 256, 256, 128], [256, 128, 64], [128, 64]]
    return (
        _conv_norm(CONTENT_DIM + POSE_DIM, 512, 4)
        + sum(map(_vgg_chain, blocks))
        + _conv(64, 3, 3)
    )


def _resnet18(dim):
    total = _conv_norm(3, 64, 5)
    inputs = 64
    for width in (64, 128, 256, 512):
        total += _conv_norm(inputs, width, 3) + 3 * _conv_norm(width, width, 3)
        if inputs != width:
            total += _conv_norm(inputs, width, 1)
        inputs = width
    return total + _conv_norm(512, dim, 3)


def _dense(inputs, outputs):
    return inputs * outputs + outputs


def _lstm_layer(units):
    return 4 * (units * (2 * units) + units)


_CONTENT_COUNTS = {
    "dcgan": _dcgan_encoder(CONTENT_DIM),
    "dcgan_unet": _dcgan_encoder(CONTENT_DIM),
    "resnet18": _resnet18(CONTENT_DIM),
    "vgg_unet": _vgg_encoder(),
}
_POSE_COUNTS = {
    "dcgan": _dcgan_encoder(POSE_DIM),
    "dcgan_keypoints": _keypoints_encoder(POSE_DIM),
    "resnet18": _resnet18(POSE_DIM),
}
_DECODER_COUNTS = {
    "dcgan": _dcgan_decoder(1),
    "dcgan_unet": _dcgan_decoder(2),
    "vgg_unet": _vgg_decoder(),
}


def _sized(build, *codes):
    return lambda size, channels, filters, dtype: build(
        size, channels, *codes, filters, dtype=dtype
    )


def _part_encoder_of(build, dim, **kwargs):
    def build_sized(size, channels, filters, dtype):
        localizer = build_localizer(size, channels, NUM_PARTS, filters, dtype=dtype)
        return build(localizer, size // 2, dim, filters, dtype=dtype, **kwargs)

    return build_sized


DESCRIPTORS = [
    *(
        Descriptor(
            f"content_encoder/{name}",
            _sized(functools.partial(build_content_encoder, name), CONTENT_DIM),
            count,
        )
        for name, count in _CONTENT_COUNTS.items()
    ),
    *(
        Descriptor(
            f"pose_encoder/{name}",
            _sized(functools.partial(build_pose_encoder, name), POSE_DIM),
            count,
        )
        for name, count in _POSE_COUNTS.items()
    ),
    *(
        Descriptor(
            f"decoder/{name}", _sized(DECODERS[name], CONTENT_DIM, POSE_DIM), count
        )
        for name, count in _DECODER_COUNTS.items()
    ),
    Descriptor(
        "content_encoder/parts",
        _part_encoder_of(build_part_content_encoder, CONTENT_DIM),
        _part_encoder(CONTENT_DIM),
    ),
    Descriptor(
        "content_encoder/parts_of_3_frames",
        _part_encoder_of(build_part_content_encoder, CONTENT_DIM, num_frames=3),
        _part_encoder(CONTENT_DIM) + _dense(256 * 4 * 4, 1),
        sized=False,  # Its input is no single frame.
    ),
    Descriptor(
        "pose_encoder/parts",
        _part_encoder_of(build_part_pose_encoder, POSE_DIM),
        _part_encoder(POSE_DIM - 2 * NUM_PARTS),
    ),
    Descriptor(
        "decoder/parts",
        lambda size, channels, filters, dtype: build_part_decoder(
            *(size, channels, NUM_PARTS, size // 2, CONTENT_DIM, POSE_DIM, filters),
            dtype=dtype,
        ),
        _part_decoder(),
    ),
    Descriptor(
        "content_encoder/layered",
        _part_encoder_of(build_layered_content_encoder, CONTENT_DIM),
        _part_encoder(CONTENT_DIM) + _background(),
        sized=False,  # Maps of parts have an axis more.
    ),
    Descriptor(
        "decoder/layered",
        lambda size, channels, filters, dtype: build_layered_decoder(
            *(size, channels, NUM_PARTS, size // 2, CONTENT_DIM, POSE_DIM, filters),
            dtype=dtype,
        ),
        _layered_decoder(),
    ),
    Descriptor(
        "scene_discriminator",
        lambda size, channels, filters, dtype: build_scene_discriminator(
            POSE_DIM, dtype=dtype
        ),
        _dense(2 * POSE_DIM, 100) + _dense(100, 100) + _dense(100, 1),
        sized=False,
    ),
    Descriptor(
        "pose_lstm",
        lambda size, channels, filters, dtype: build_pose_lstm(
            POSE_DIM, CONTENT_DIM, dtype=dtype
        ),
        _dense(POSE_DIM + CONTENT_DIM, 256)
        + 2 * _lstm_layer(256)
        + _dense(256, POSE_DIM),
        sized=False,
    ),
]
