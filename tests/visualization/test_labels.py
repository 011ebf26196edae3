"""Labels stand where they belong, and cover no pixel of an image."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_drnet.visualization.labels import Block, add_labels
from tests.support.images import occurrences

texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


@settings(max_examples=25)
@given(
    shapes=st.lists(st.tuples(st.integers(8, 90), st.integers(8, 90)), min_size=1),
    data=st.data(),
)
def test_labels_keep_every_pixel_of_the_images(shapes, data):
    rng = np.random.default_rng(0)
    blocks = [
        Block(
            rng.integers(0, 255, (*shape, 3), np.uint8),
            data.draw(st.lists(texts, max_size=3)),
            data.draw(st.lists(texts, max_size=3)),
        )
        for shape in shapes[:3]
    ]
    title, note = data.draw(texts), data.draw(texts)
    image = add_labels(blocks, title=title, note=note)
    assert image.dtype == np.uint8
    assert image.shape[0] % 2 == image.shape[1] % 2 == 0
    found = [occurrences(image, block.image) for block in blocks]
    assert all(len(one) == 1 for one in found)
    tops, lefts = np.transpose([one[0] for one in found])
    assert np.all(np.diff(tops) > 0) and len(set(lefts)) == 1
    outside = image.astype(int)
    for block, (top, left) in zip(blocks, np.transpose([tops, lefts]), strict=True):
        height, width, _ = block.image.shape
        outside[top : top + height, left : left + width] = 255
    has_text = any(
        text.strip()
        for text in [title, note, *(t for b in blocks for t in (*b.rows, *b.columns))]
    )
    assert np.any(outside < 255) == has_text


def is_written_on(image, top, bottom, left, right):
    return np.any(image[top:bottom, left:right] < 128)


def test_labels_stand_beside_their_row_and_above_their_column():
    image = np.full((80, 120, 3), 200, np.uint8)
    rows = add_labels([Block(image, ["", "below"])])
    ((top, left),) = occurrences(rows, image)
    assert is_written_on(rows, top + 40, top + 80, 0, left)
    assert not is_written_on(rows, 0, top + 40, 0, left)
    columns = add_labels([Block(image, (), ["", "", "right"])])
    ((top, left),) = occurrences(columns, image)
    assert is_written_on(columns, 0, top, left + 80, left + 120)
    assert not is_written_on(columns, 0, top, 0, left + 80)


def test_labels_show_their_text():
    image = np.full((80, 120, 3), 200, np.uint8)
    rows = add_labels([Block(image, ["", "below"])])
    again = add_labels([Block(image, ["", "below"])])
    np.testing.assert_array_equal(rows, again)
    other = add_labels([Block(image, ["", "above"])])
    assert rows.shape != other.shape or np.any(rows != other)
