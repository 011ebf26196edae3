"""Labels around images: title, rows and columns. Pixels of the images are unchanged."""

import dataclasses

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from keras_drnet.errors import InputError

# Maps the name of a method in files to its display name.
METHOD_NAMES = {
    "drnet": "DrNet",
    "mcnet": "MCNet",
    "autoencoder_lstm": "Auto-encoder + LSTM",
    "copy_last_frame": "Copy of the last frame",
    "mean_frame": "Mean training frame",
}
BLACK = (20, 20, 20)
DARK_GRAY = (95, 95, 95)
TITLE_SIZE = 24  # Font sizes, pixels.
LABEL_SIZE = 18
NOTE_SIZE = 16
MIN_SIZE = 8  # Of the labels of small cells.
MARGIN = 12  # White around the image, pixels.
GAP = 6  # Between labels and images, pixels.
LINE_HEIGHT = 1.3  # Multiple of the font size.


def run_names(runs):
    """Return distinct display names of runs.

    Args:
        runs: list of pairs: a key of `METHOD_NAMES`, and the run's folder, a
            `pathlib.Path`.

    Returns:
        List of names, that of the method. The second run of a method has the name of
        its folder too, or its whole path if folders have the same name.

    Raises:
        InputError: a run is given twice.
    """
    names, folders = [], [path.resolve() for _, path in runs]
    for (method, path), folder in zip(runs, folders, strict=True):
        if folders.count(folder) > 1:
            raise InputError(f"The run {path} is given twice; expected different ones.")
        label = METHOD_NAMES[method]
        candidates = (label, f"{label} ({folder.name})", f"{label} ({folder})")
        names.append(next(name for name in candidates if name not in names))
    return names


@dataclasses.dataclass(frozen=True)
class Block:
    """An image that is a grid of equal cells, with labels of its rows and columns.

    Attributes:
        image: uint8 `[H, W, 3]`.
        rows: label at the left of each row, of one line or several.
        columns: label above each column.
        space: white above the image, pixels; separates groups of blocks.
    """

    image: np.ndarray
    rows: tuple = ()
    columns: tuple = ()
    space: int = GAP


def add_labels(blocks, *, title="", note=""):
    """Stack images on a white background, with their labels.

    Args:
        blocks: list of `Block`, from the top; their images are aligned at the left.
        title: a line at the top.
        note: a smaller, gray line below the title.

    Returns:
        A uint8 image `[H', W', 3]` with even sides, as video needs. It contains every
        pixel of the blocks' images, unchanged.
    """
    rows = [_row_labels(block) for block in blocks]
    left = MARGIN + max((label.width + GAP for row in rows for label in row), default=0)
    top, placed, images = MARGIN, [], []
    for label in (_Text(title, TITLE_SIZE), _Text(note, NOTE_SIZE, DARK_GRAY)):
        if label.text:
            placed.append((MARGIN, top, label))
            top += label.height
    for block, labels in zip(blocks, rows, strict=True):
        top += block.space
        columns = _column_labels(block)
        bottom = top + max((label.height for label in columns), default=0)
        for label, center in zip(columns, _centers(columns, block, 1), strict=True):
            x = round(left + center - label.width / 2)
            placed.append((x, bottom - label.height, label))
        top = bottom
        for label, center in zip(labels, _centers(labels, block, 0), strict=True):
            x = left - GAP - label.width
            placed.append((x, round(top + center - label.height / 2), label))
        images.append((left, top, block.image))
        top += block.image.shape[0]
    right = max(
        [left + block.image.shape[1] for block in blocks]
        + [x + label.width for x, _, label in placed]
    )
    width, height = right + MARGIN, top + MARGIN
    canvas = Image.new("RGB", (width + width % 2, height + height % 2), "white")
    draw = ImageDraw.Draw(canvas)
    for x, y, label in placed:
        label.draw(draw, x, y)
    # Last, so that no label can cover a frame.
    for x, y, image in images:
        canvas.paste(Image.fromarray(image), (x, y))
    return np.array(canvas)


class _Text:
    """Lines of text of one font size, with their width and height in pixels."""

    def __init__(self, text, size, color=BLACK, align=0.0):
        self.text = text
        self._lines = text.split("\n")
        self._color = color
        self._align = align  # 0 = left, 1 = right.
        self._font = ImageFont.load_default(size)
        self._line_height = round(size * LINE_HEIGHT)
        self.height = self._line_height * len(self._lines)
        self.width = round(max(map(self._font.getlength, self._lines)))

    def draw(self, draw, left, top):
        for i, line in enumerate(self._lines):
            free = self.width - self._font.getlength(line)
            corner = (left + round(self._align * free), top + i * self._line_height)
            draw.text(corner, line, fill=self._color, font=self._font)


def _row_labels(block):
    height = block.image.shape[0] / max(len(block.rows), 1)
    return _fitting(block.rows, 1.0, lambda label: label.height <= height)


def _column_labels(block):
    width = block.image.shape[1] / max(len(block.columns), 1)
    return _fitting(block.columns, 0.5, lambda label: label.width <= width - GAP)


def _fitting(texts, align, fits):
    """Return the texts in the largest font size in which all of them fit."""
    for size in range(LABEL_SIZE, MIN_SIZE - 1, -1):
        labels = [_Text(text, size, align=align) for text in texts]
        if all(map(fits, labels)):
            break
    return labels


def _centers(labels, block, axis):
    """Return the centers of the rows (axis 0) or columns (axis 1) in the image."""
    step = block.image.shape[axis] / max(len(labels), 1)
    return [(i + 0.5) * step for i in range(len(labels))]
