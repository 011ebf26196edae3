"""Localizer: frames to the positions of the parts that are in them."""

import keras

from keras_drnet.models.pose_encoder import dcgan_keypoints

LOCALIZER = "localizer"  # Its name as a layer of the encoders.


def build_localizer(
    image_size, num_channels, num_parts, num_filters, *, dtype="float32"
):
    """Build a localizer.

    The stages of the pose encoder `dcgan_keypoints`, read as positions: see there.

    Args:
        image_size: side of the frame in pixels, a power of two from 32 to 256.
        num_channels: channels of the frame.
        num_parts: number of parts, K.
        num_filters: filters of the first stage.
        dtype: dtype policy of the convolutions. Positions are float32 under any.

    Returns:
        A `keras.Model` from frames `[B, H, W, C]` to positions `[B, K, 2]` in (-1, 1):
        see `patches`.
    """
    frames = keras.Input((image_size, image_size, num_channels), name="frames")
    x = dcgan_keypoints(frames, 2 * num_parts, num_filters, dtype=dtype)
    positions = keras.layers.Reshape((num_parts, 2), dtype="float32", name="positions")
    return keras.Model(frames, positions(x), name=LOCALIZER)
