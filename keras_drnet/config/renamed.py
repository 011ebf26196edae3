"""Names of release 0.1.0 under which configurations and overrides are still read."""

from collections.abc import Iterator
from typing import Any

from absl import logging

# Dotted key of then to the present one.
KEYS = {
    "pose.adapt_range": "pose.adapt_normalization",
    "pose.closed_loop": "pose.free_running",
}
# Present key to values of then and the present ones.
VALUES: dict[str, dict[Any, Any]] = {
    "model.pose_encoder": {"dcgan_points": "dcgan_keypoints"}
}


def current(key: str, value: Any) -> tuple[str, Any]:
    """Return a dotted key and its value under their present names."""
    key = KEYS.get(key, key)
    for old, new in VALUES.get(key, {}).items():
        if value == old:
            return key, new
    return key, value


def upgrade(values: dict[str, Any]) -> dict[str, Any]:
    """Give nested values of a `config.json` their present names, with a notice.

    Args:
        values: dict of values and, for sections, of dicts; it is left as it is.

    Returns:
        A dict of the same form.
    """
    upgraded: dict[str, Any] = {}
    notices: list[str] = []
    for section, content in values.items():
        if not isinstance(content, dict):
            upgraded[section] = content
            continue
        upgraded[section] = {}
        for name, value in content.items():
            key, new_value = current(f"{section}.{name}", value)
            upgraded[section][key.partition(".")[2]] = new_value
            notices += _notices(f"{section}.{name}", key, value, new_value)
    _notify(notices)
    return upgraded


def upgrade_override(key: str, text: str) -> tuple[str, str]:
    """Return an override's key and text under their present names, with a notice."""
    new_key, new_text = current(key, text)
    _notify(list(_notices(key, new_key, text, new_text)))
    return new_key, new_text


def _notify(notices: list[str]) -> None:
    if notices:
        logging.warning("Old names are still read: %s.", "; ".join(notices))


def _notices(old_key: str, key: str, old_value: Any, value: Any) -> Iterator[str]:
    if old_key != key:
        yield f"{old_key} is now {key}"
    if old_value != value:
        yield f"{key}={old_value} is now {value}"
