"""Frame discriminator of MCNet: is the end of a clip real or predicted?"""

import keras
from keras import ops

from keras_drnet.models import blocks

EPSILON = 1e-3  # Added to the variance.


@keras.saving.register_keras_serializable("keras_drnet")
class BatchStatisticsNorm(keras.layers.Layer):
    """Batch normalization by the batch's own statistics, also in evaluation.

    The authors of MCNet never switch their discriminator to averaged statistics, so
    none are kept: looking at a batch changes nothing.

    Attributes:
        synchronized: as of `BatchStandardization`.
    """

    synchronized = False

    def build(self, shape):
        self.scale = self.add_weight(shape=shape[-1:], initializer="ones", name="scale")
        self.offset = self.add_weight(
            shape=shape[-1:], initializer="zeros", name="offset"
        )

    def call(self, x):
        mean, variance = ops.moments(x, axes=(0, 1, 2), synchronized=self.synchronized)
        return ops.batch_normalization(
            x, mean, variance, -1, self.offset, self.scale, EPSILON
        )


def build_frame_discriminator(
    image_size, num_channels, num_frames, num_filters, *, dtype="float32"
):
    """Build the discriminator of Villegas et al. (2017).

    Four 5x5 convolutions of stride 2 with leaky ReLU, batch norm on all but the
    first, and a linear layer. Kernels are Glorot's, the last one N(0, 0.02).

    Args:
        image_size: side of the frames in pixels.
        num_channels: channels of a frame.
        num_frames: frames of a clip, observed and following ones.
        num_filters: filters of the first convolution; they double with each.
        dtype: dtype policy of the layers. The logit is float32 under any policy.

    Returns:
        A `keras.Model` from clips `[B, H, W, num_frames * C]` in [0, 1], the frames
        one after the other on the channels, to logits `[B, 1]`, 1 = real.
    """
    clip = keras.Input((image_size, image_size, num_frames * num_channels), name="clip")
    x = keras.layers.Rescaling(2.0, -1.0, dtype="float32", name="signed")(clip)
    for i in range(4):
        x = keras.layers.Conv2D(
            num_filters * 2**i,
            5,
            strides=2,
            padding="same",
            dtype=dtype,
            name=f"down{i + 1}_conv",
        )(x)
        if i > 0:
            x = BatchStatisticsNorm(dtype="float32", name=f"down{i + 1}_norm")(x)
        x = keras.layers.LeakyReLU(
            blocks.LEAKY_SLOPE, dtype=dtype, name=f"down{i + 1}_act"
        )(x)
    x = keras.layers.Flatten(dtype=dtype, name="flat")(x)
    logit = keras.layers.Dense(
        1,
        kernel_initializer=blocks.kernel_initializer(),
        dtype="float32",
        name="logit",
    )(x)
    return keras.Model(clip, logit, name="frame_discriminator")
