"""Layout of a pose of parts: the positions of all parts, then the residuals of all."""

from keras import ops


def position_indices(num_parts):
    """Return for each part the indices of its row and its column in a pose."""
    return tuple((2 * part, 2 * part + 1) for part in range(num_parts))


def split_pose(pose, num_parts):
    """Return the pose of each part alone.

    Args:
        pose: `[B, Dp]`, as `build_part_pose_encoder` lays it out.
        num_parts: number of parts, K.

    Returns:
        `[B, K, Dp / K]`: a part's position (y, x), then its residual.
    """
    coordinates = 2 * num_parts
    positions = ops.reshape(pose[:, :coordinates], (-1, num_parts, 2))
    if pose.shape[-1] == coordinates:
        return positions
    residual_dim = pose.shape[-1] // num_parts - 2
    residuals = ops.reshape(pose[:, coordinates:], (-1, num_parts, residual_dim))
    return ops.concatenate([positions, residuals], axis=-1)


def join_poses(parts):
    """Return the pose `[B, Dp]` of parts `[B, K, Dp / K]`: undoes `split_pose`."""
    _, num_parts, part_dim = parts.shape
    positions = ops.reshape(parts[..., :2], (-1, 2 * num_parts))
    if part_dim == 2:
        return positions
    residuals = ops.reshape(parts[..., 2:], (-1, num_parts * (part_dim - 2)))
    return ops.concatenate([positions, residuals], axis=-1)


def poses_as_rows(pose, num_parts):
    """Return poses `[B, Dp]` with a row for each part, `[B K, Dp / K]`."""
    if num_parts == 1:
        return pose
    return ops.reshape(split_pose(pose, num_parts), (-1, pose.shape[-1] // num_parts))


def rows_as_poses(rows, num_parts):
    """Return the poses `[B, Dp]` of rows `[B K, Dp / K]`: undoes `poses_as_rows`."""
    if num_parts == 1:
        return rows
    return join_poses(ops.reshape(rows, (-1, num_parts, rows.shape[-1])))


def rows_of_parts(values, num_parts):
    """Return values `[B, K D]` of parts one after the other as rows, `[B K, D]`."""
    if num_parts == 1:
        return values
    return ops.reshape(values, (-1, values.shape[-1] // num_parts))


def join_rows(rows, num_parts):
    """Return rows `[B K, D]` as `[B, K D]`: undoes `rows_of_parts`."""
    if num_parts == 1:
        return rows
    return ops.reshape(rows, (-1, rows.shape[-1] * num_parts))
