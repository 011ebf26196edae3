"""Content encoder of layers: a background, and parts in front of it.

References: Wang & Adelson, "Representing moving images with layers", IEEE Transactions
on Image Processing 3(5), 1994, composes frames of layers that move; Ronneberger et al.,
"U-Net", MICCAI 2015, has the networks' form.
"""

import keras
import numpy as np
from keras import ops

from keras_drnet.models import blocks
from keras_drnet.models.part_encoders import encode_patches
from keras_drnet.models.patches import put_patches

# Of the window in which a part is taken out of the background: its height and width
# over the side of a patch, and the pixels of a frame of 64 over which its edge fades.
WINDOW_HEIGHT, WINDOW_WIDTH, FADE = 0.92, 0.4, 1.5


def build_layered_content_encoder(
    localizer, patch_size, content_dim, num_filters, *, dtype="float32"
):
    """Build an encoder of what is in front, part by part, and of what is behind.

    The code, and the maps that the decoder draws a part with, are those of a patch of
    the frame at the part's position, by the same convolutions for all parts: they do
    not depend on where the part is. The background is what a U-Net makes of the frame
    without the parts.

    Args:
        localizer: model of `build_localizer`.
        patch_size: side of a patch in pixels: see `blocks.smallest_patch_map`.
        content_dim: length Dc of the content code, a multiple of the number of parts.
        num_filters: filters F of the first stage of a part's encoder; each stage
            doubles them.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from frames `[B, H, W, C]` to the pair `(content, skips)`:
        content `[B, Dc]` in (-1, 1), the parts' codes one after the other; skips a
        tuple of the frames, of the background `[B, H / 2, W / 2, F]`, and of the parts'
        maps, finest first, `[B, K, P / 2, P / 2, F]` and on.
    """
    _, image_size, *_ = localizer.input.shape
    num_parts = localizer.output.shape[1]
    frames = keras.Input(localizer.input.shape[1:], name="frames")
    # No gradient: the localizer learns from where a part is drawn alone.
    positions = ops.stop_gradient(localizer(frames))
    codes, maps = encode_patches(
        frames,
        positions,
        patch_size,
        num_filters,
        content_dim // num_parts,
        dtype=dtype,
        name="content",
    )
    content = ops.reshape(codes, (-1, content_dim))
    maps = [ops.reshape(m, (-1, num_parts, *m.shape[1:])) for m in maps]
    windows = PartWindows(image_size, patch_size, dtype="float32", name="windows")(
        positions
    )
    background = _background(frames, windows, num_filters, dtype=dtype)
    return keras.Model(
        frames, (content, (frames, background, *maps)), name="content_encoder"
    )


def _background(frames, windows, num_filters, *, dtype):
    """Build the U-Net from frames without parts to features at half their side."""
    x = keras.layers.Concatenate(dtype=dtype, name="around_parts")(
        [frames * (1.0 - windows), windows]
    )
    filters = blocks.stage_filters(frames.shape[1], max(num_filters * 2 // 3, 1), 4)
    *finer, x = blocks.down_path(x, filters, dtype=dtype, name="background_down")
    for i, skip in enumerate(reversed(finer), 1):
        x = keras.layers.UpSampling2D(dtype=dtype, name=f"background_double{i}")(x)
        x = keras.layers.Concatenate(dtype=dtype, name=f"background_join{i}")([x, skip])
        width = num_filters if i == len(finer) else skip.shape[-1]
        x = blocks.vgg_block(x, width, 1, dtype=dtype, name=f"background_up{i}")
    return x


@keras.saving.register_keras_serializable("keras_drnet")
class PartWindows(keras.layers.Layer):
    """Windows with soft edges at the positions of parts.

    From positions `[B, K, 2]` to `[B, H, W, 1]`, from 0, far from all parts, to 1, on
    one. A window is upright, as people are.
    """

    def __init__(self, image_size, patch_size, **kwargs):
        """Create the layer.

        Args:
            image_size: side of a frame, H and W, pixels.
            patch_size: side of a part's patch, pixels.
            **kwargs: arguments of `keras.layers.Layer`.
        """
        super().__init__(**kwargs)
        self.image_size, self.patch_size = image_size, patch_size
        offsets = np.abs(np.arange(patch_size) - (patch_size - 1) / 2)
        edge = FADE * image_size / 64
        y, x = (
            1.0 / (1.0 + np.exp((offsets - share * patch_size / 2) / edge))
            for share in (WINDOW_HEIGHT, WINDOW_WIDTH)
        )
        self._window = np.float32(y[:, None] * x)

    def call(self, positions):
        """Draw the windows; see the class."""
        shape = (*ops.shape(positions)[:2], *self._window.shape)
        windows = ops.broadcast_to(ops.convert_to_tensor(self._window), shape)
        return ops.minimum(put_patches(windows, positions, self.image_size), 1.0)

    def compute_output_shape(self, positions_shape):
        return (positions_shape[0], self.image_size, self.image_size, 1)

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {
            "image_size": self.image_size,
            "patch_size": self.patch_size,
        }
