"""Labels of any values as whole numbers: classes, sensitive features."""

import numpy as np
from sklearn.utils.multiclass import check_classification_targets

from keras_drnet.errors import InputError


def encode_classes(y):
    """Return the distinct labels, sorted, and for each row the index of its own.

    Args:
        y: `[N]`, of any values that can be sorted.

    Raises:
        InputError: a label is missing, there is one class alone, or types are mixed.
        ValueError: labels are not whole, as those of a regression.
    """
    classes, codes = _encode(y, "y")
    if (codes < 0).any():
        raise InputError(
            f"y lacks {int((codes < 0).sum())} labels; expected one for each row. "
            "Drop the rows without."
        )
    if classes.dtype.kind != "O":  # Of objects scikit-learn takes strings alone.
        check_classification_targets(classes)
    if len(classes) < 2:
        raise InputError(
            f"y has one class, {_first(classes)}; expected at least two classes."
        )
    return classes, codes


def encode_groups(sensitive_features, num_rows, *, may_lack=False):
    """Return the values of each sensitive feature, and their indices.

    Args:
        sensitive_features: `[N]` or `[N, A]`: an array, a list, a Series or a
            DataFrame, of any values that can be sorted within a column.
        num_rows: N.
        may_lack: whether values may be missing.

    Returns:
        A list of A arrays, the distinct values of each feature, sorted; and int32
        `[N]`, or `[N, A]` for several, with -1 in rows that lack a value.

    Raises:
        InputError: the length or the shape is another, a value is missing, a feature
            has one group alone, or types are mixed.
    """
    columns = _columns(sensitive_features)
    values, codes = [], []
    for number, column in enumerate(columns):
        name = "sensitive_features"
        if len(columns) > 1:
            name = f"column {number} of {name}"
        if len(column) != num_rows:
            raise InputError(
                f"The length of {name} is {len(column)} and X has {num_rows} rows; "
                "expected the same."
            )
        found, indices = _encode(column, name)
        if (indices < 0).any() and not may_lack:
            raise InputError(
                f"{int((indices < 0).sum())} values of {name} are missing; expected "
                "the group of each row. Drop these rows, or give them a group of their "
                "own."
            )
        if len(found) < 2:
            raise InputError(
                f"{name} has one group, {_first(found)}; expected at least two groups."
            )
        values.append(found)
        codes.append(indices)
    codes = np.stack(codes, axis=1)
    codes[(codes < 0).any(axis=1)] = -1
    return values, codes[:, 0] if len(columns) == 1 else codes


def _columns(features):
    if hasattr(features, "iloc") and np.ndim(features) == 2:
        # Column by column, as a table's array would have one type for all.
        return [features.iloc[:, k] for k in range(features.shape[1])]
    if not hasattr(features, "iloc"):
        features = np.asarray(features)
    if np.ndim(features) == 1:
        return [features]
    if np.ndim(features) != 2 or not features.shape[1]:
        raise InputError(
            f"The shape of sensitive_features is {np.shape(features)}; expected [N] or "
            "[N, A]."
        )
    return list(features.T)


def _encode(values, name):
    """Return distinct values, and int32 indices, -1 for what is missing."""
    is_missing = _is_missing(values)
    array = np.asarray(values)
    codes = np.full(len(array), -1, np.int32)
    try:
        found, codes[~is_missing] = np.unique(array[~is_missing], return_inverse=True)
    except TypeError:
        types = sorted({type(value).__name__ for value in array[~is_missing]})
        raise InputError(
            f"The values of {name} are of types {types}, which cannot be sorted; "
            "expected one type."
        ) from None
    return found, codes


def _is_missing(values):
    if hasattr(values, "isna"):  # pandas knows its own kinds of missing values.
        return np.asarray(values.isna(), bool)
    array = np.asarray(values)
    if array.dtype.kind == "O":
        # NaN is the value that differs from itself.
        return np.array([value is None or value != value for value in array], bool)
    return np.isnan(array) if array.dtype.kind == "f" else np.zeros(len(array), bool)


def _first(values):
    return repr(values.tolist()[0]) if len(values) else "none"
