"""Pose encoders: one frame to what moves in the clip."""

import keras

from keras_drnet.models import blocks
from keras_drnet.models.resnet import RESNET18_MAP, resnet18_map
from keras_drnet.models.spatial_soft_argmax import SpatialSoftArgmax

NUM_POINTS = 16  # Places that `dcgan_points` looks for.


def dcgan(
    image_size,
    num_channels,
    pose_dim,
    num_filters,
    *,
    normalize=False,
    dtype="float32",
):
    """Build the pose encoder of the DCGAN family.

    Args:
        image_size: side of the frame in pixels, a power of two from 32 to 256.
        num_channels: channels of the frame.
        pose_dim: length Dp of the pose code.
        num_filters: filters of the first stage; each stage doubles them, up to
            eight times.
        normalize: whether the pose is scaled to unit L2 norm after the tanh.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from frames `[B, H, W, C]` to pose `[B, Dp]` in (-1, 1).
    """
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    filters = blocks.stage_filters(image_size, num_filters)
    x = blocks.down_path(frames, filters, dtype=dtype)[-1]
    return _pose_model(frames, _code(x, pose_dim, 4, dtype), normalize)


def resnet18(
    image_size,
    num_channels,
    pose_dim,
    num_filters,
    *,
    normalize=False,
    dtype="float32",
):
    """Build the ResNet-18 pose encoder; arguments and result as for `dcgan`.

    See `resnet.resnet18_map`.
    """
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    x = resnet18_map(frames, num_filters, dtype=dtype)
    return _pose_model(frames, _code(x, pose_dim, RESNET18_MAP, dtype), normalize)


def dcgan_points(
    image_size,
    num_channels,
    pose_dim,
    num_filters,
    *,
    normalize=False,
    dtype="float32",
):
    """Build a pose encoder that can say little else than where things are.

    The stages of the DCGAN family down to 8x8 pixels, joined with the map of 16x16;
    each of `NUM_POINTS` filters is reduced to the place where it responds, and the pose
    is a mixture of places. A pose that is longer than there are coordinates has room
    for differences of places, which tell what things look like; a scene discriminator
    of standardized pairs leaves the least of them (`build_scene_discriminator`).
    Arguments and result as for `dcgan`; see `SpatialSoftArgmax`.

    No batch norm comes after the places: it would take a batch's mean place off, and
    with it about a tenth of the frame's side, differently in each batch. Places are
    float32 under any policy: a pixel is less than bfloat16 can tell apart.
    """
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    filters = blocks.stage_filters(image_size, num_filters)[:-1]
    *_, finer, coarser = blocks.down_path(frames, filters, dtype=dtype)
    width = finer.shape[-1]
    x = blocks.vgg_block(coarser, width, 1, dtype=dtype, name="context")
    x = keras.layers.UpSampling2D(interpolation="bilinear", dtype=dtype, name="up")(x)
    x = keras.layers.Concatenate(dtype=dtype, name="join")([x, finer])
    x = blocks.vgg_block(x, width, 1, dtype=dtype, name="detail")
    x = keras.layers.Conv2D(
        NUM_POINTS, 1, kernel_initializer="he_normal", dtype="float32", name="responses"
    )(x)
    x = SpatialSoftArgmax(dtype="float32", name="places")(x)
    x = keras.layers.Flatten(dtype="float32", name="flat_places")(x)
    pose = keras.layers.Dense(
        pose_dim, activation="tanh", dtype="float32", name="pose"
    )(x)
    return _pose_model(frames, pose, normalize)


def _code(x, pose_dim, kernel_size, dtype):
    return blocks.code_head(
        x, pose_dim, kernel_size=kernel_size, dtype=dtype, name="pose"
    )


def _pose_model(frames, pose, normalize):
    if normalize:
        pose = keras.layers.UnitNormalization(dtype="float32", name="unit_pose")(pose)
    return keras.Model(frames, pose, name="pose_encoder")


POSE_ENCODERS = {"dcgan": dcgan, "dcgan_points": dcgan_points, "resnet18": resnet18}
