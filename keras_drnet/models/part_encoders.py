"""Encoders of parts: what each part looks like, and where it is.

Content and pose encoder share a localizer. So the place that it finds on an object may
differ from object to object: it is the same where content is cut out and where it is
drawn.
"""

import keras
from keras import ops

from keras_drnet.models import blocks
from keras_drnet.models.content_average import average_codes
from keras_drnet.models.localizer import LOCALIZER
from keras_drnet.models.part_poses import join_poses
from keras_drnet.models.patches import ReadPatches


def build_part_content_encoder(
    localizer, patch_size, content_dim, num_filters, *, num_frames=1, dtype="float32"
):
    """Build an encoder of the content of one frame of a clip, or of several.

    A patch is cut out at each part's position, and encoded, by the same convolutions
    for all parts. The codes of several frames are averaged, with weights that tell how
    much of the part is seen in each: what one frame hides, another shows.

    Args:
        localizer: model of `build_localizer`.
        patch_size: side of a patch in pixels: see `blocks.smallest_patch_map`.
        content_dim: length Dc of the content code, a multiple of the number of parts.
        num_filters: filters of the first stage; each stage doubles them.
        num_frames: number of frames that are read, N.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from frames `[B, H, W, C]`, or `[B, N, H, W, C]` where N is not
        1, to the pair `(content, ())`: content `[B, Dc]` in (-1, 1), the parts' codes
        one after the other.
    """
    _, *frame = localizer.input.shape
    num_parts = localizer.output.shape[1]
    read = frame if num_frames == 1 else (num_frames, *frame)
    frames = keras.Input(read, name="frames")
    singles = ops.reshape(frames, (-1, *frame))
    codes, (*_, x) = encode_patches(
        singles,
        localizer(singles),
        patch_size,
        num_filters,
        content_dim // num_parts,
        dtype=dtype,
        name="content",
    )
    content = ops.reshape(codes, (-1, content_dim))
    if num_frames > 1:
        content = average_codes(codes, x, num_frames, num_parts=num_parts)
    return keras.Model(frames, (content, ()), name="content_encoder")


def build_part_pose_encoder(
    localizer, patch_size, pose_dim, num_filters, *, dtype="float32"
):
    """Build an encoder of the positions of parts, and of what else moves in them.

    Args:
        localizer: model of `build_localizer`.
        patch_size: side of a patch in pixels: see `blocks.smallest_patch_map`.
        pose_dim: length Dp of the pose: two for each part, its position, and the same
            number more for each, its residual pose, encoded from the patch there.
        num_filters: filters of the first stage; each stage doubles them.
        dtype: dtype policy of the convolutions.

    Returns:
        A `keras.Model` from frames `[B, H, W, C]` to pose `[B, Dp]` in (-1, 1): see
        `part_poses`.
    """
    frames = keras.Input(localizer.input.shape[1:], name="frames")
    parts = positions = localizer(frames)
    num_parts = positions.shape[1]
    residual_dim = pose_dim // num_parts - 2
    if residual_dim:
        residual, _ = encode_patches(
            frames,
            positions,
            patch_size,
            num_filters,
            residual_dim,
            dtype=dtype,
            name="pose",
            code_name="residual",
        )
        residual = ops.reshape(residual, (-1, num_parts, residual_dim))
        parts = ops.concatenate([positions, residual], axis=-1)
    return keras.Model(frames, join_poses(parts), name="pose_encoder")


def count_parts(encoder):
    """Return the number of parts K of an encoder of parts; 0 for any other."""
    localizers = _localizers(encoder)
    return localizers[0].output.shape[1] if localizers else 0


def share_localizer(content_encoder, pose_encoder):
    """Make a pose encoder of parts that shares the localizer of a content encoder.

    Keras writes a layer that two models share into the configuration of each, and makes
    two of it when it reads them.

    Args:
        content_encoder: any content encoder.
        pose_encoder: the pose encoder that belongs to it.

    Returns:
        `pose_encoder`, or one of the same layers but for the localizer.
    """
    shared = {layer.name: layer for layer in _localizers(content_encoder)}
    if not shared:
        return pose_encoder
    return keras.models.clone_model(
        pose_encoder, clone_function=lambda layer: shared.get(layer.name, layer)
    )


def _localizers(encoder):
    return [layer for layer in encoder.layers if layer.name == LOCALIZER]


def encode_patches(
    frames, positions, patch_size, num_filters, dim, *, dtype, name, code_name=None
):
    """Encode the patches of frames, without a gradient to where they are cut out.

    The localizer learns from where a part is drawn alone.

    Args:
        frames: `[B, H, W, C]`.
        positions: `[B, K, 2]`.
        patch_size: side of a patch, P, pixels.
        num_filters: filters of the first stage, F; each stage doubles them.
        dim: length D of a code.
        dtype: dtype policy of the convolutions.
        name: part of the layers' names.
        code_name: that of the layers of the code; `None` = the same.

    Returns:
        `(codes, maps)`: `[B K, D]` in (-1, 1), and the maps of all stages, finest
        first, `[B K, P / 2, P / 2, F]` and on.
    """
    patches = ReadPatches(patch_size, dtype="float32", name=f"{name}_patches")(
        frames, ops.stop_gradient(positions)
    )
    patches = ops.reshape(patches, (-1, *patches.shape[2:]))
    filters = blocks.patch_filters(patch_size, num_filters)
    maps = blocks.down_path(patches, filters, dtype=dtype, name=f"{name}_patch_down")
    codes = blocks.code_head(
        maps[-1],
        dim,
        kernel_size=maps[-1].shape[1],
        dtype=dtype,
        name=f"part_{code_name or name}",
    )
    return codes, maps
