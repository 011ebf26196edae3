"""Strategies for what a damaged or hostile file may hold."""

import json

from hypothesis import strategies as st

# Numbers and words at the edges of what parsers expect, as text and as bytes.
TEXTS = [
    *(b"", b"0", b"-1", b"1e400", b"nan", b"NaN", b"-Infinity", b"null", b"true"),
    *(b"{}", b"[]", b'"', b"9" * 30, b"9" * 5000, b"[" * 20_000, b"\xff", b"\0"),
]
WORDS = [
    number.to_bytes(size, order, signed=number < 0)
    for size in (2, 4, 8)
    for order in ("little", "big")
    for number in (0, -1, 1 << 8 * size - 2, (1 << 8 * size - 1) - 1)
]
KINDS = ["flip", "text", "word", "remove", "repeat", "cut"]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**29, -(2**63), 2**64]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.just("x" * 10_000),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
)


class Content(bytes):
    """Bytes of a file that do not fill the screen when a test fails."""

    def __repr__(self):
        return f"<{len(self)} bytes>"


@st.composite
def changed_bytes(draw, valid):
    """Draw the bytes of a file with up to four changes.

    Args:
        draw: given by Hypothesis.
        valid: bytes of a valid file.
    """
    content = bytearray(valid)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 1, 2, 4, 8, 100])))
        kind = draw(st.sampled_from(KINDS))
        if kind == "flip" and start < len(content):
            content[start] ^= 1 << draw(st.integers(0, 7))
        elif kind == "text":
            content[start:end] = draw(st.sampled_from(TEXTS))
        elif kind == "word":
            word = draw(st.sampled_from(WORDS))
            content[start : start + len(word)] = word
        elif kind == "remove":
            del content[start:end]
        elif kind == "repeat":
            content[start:start] = content[start:end] * draw(st.sampled_from([1, 50]))
        elif kind == "cut":
            del content[start:]
    return Content(content)


@st.composite
def changed_json(draw, valid):
    """Draw the bytes of a JSON file in which up to three values are others.

    Args:
        draw: given by Hypothesis.
        valid: bytes of a valid file.
    """
    values = json.loads(valid)
    for _ in range(draw(st.integers(1, 3))):
        holder, keys = draw(st.sampled_from(list(_holders(values))))
        key = draw(st.sampled_from(keys))
        if draw(st.booleans()):
            holder[key] = draw(VALUES)
        elif isinstance(holder, dict):
            value = holder.pop(key)
            if draw(st.booleans()):
                holder[draw(st.text(max_size=5))] = value
    return Content(json.dumps(values).encode())


def _holders(values):
    """Yield every dict and list of values, with its keys or indices."""
    if isinstance(values, dict) and values:
        yield values, sorted(values)
        children = values.values()
    elif isinstance(values, list) and values:
        yield values, range(len(values))
        children = values
    else:
        return
    for child in children:
        yield from _holders(child)
