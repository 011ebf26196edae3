"""Words around pictures: title, rows, columns. The pictures themselves stay as is."""

import dataclasses

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from keras_drnet.errors import InputError

# Name of a method in files to the one that people read.
METHOD_NAMES = {
    "drnet": "DrNet",
    "mcnet": "MCNet",
    "autoencoder_lstm": "Auto-encoder + LSTM",
    "copy_last_frame": "Copy of the last frame",
    "mean_frame": "Mean training frame",
}
BLACK = (20, 20, 20)
DARK_GRAY = (95, 95, 95)
TITLE_SIZE = 24  # Heights of letters, pixels of the picture.
LABEL_SIZE = 18
NOTE_SIZE = 16
SMALLEST_SIZE = 8  # Labels of small cells shrink as far as this.
MARGIN = 12  # White around everything, pixels.
GAP = 6  # Between words and pictures.
LINE_HEIGHT = 1.3  # Over that of its letters.


def run_names(runs):
    """Names runs by their methods, as people read them.

    Args:
        runs: list of pairs: a key of `METHOD_NAMES`, and the run's folder, a
            `pathlib.Path`.

    Returns:
        List of names; that of a second run of one method has its folder too, by its
        whole path if others are called the same.

    Raises:
        InputError: a run is there twice.
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
    """A picture that is a grid of equal cells, and what its rows and columns are.

    Attributes:
        picture: uint8 `[H, W, 3]`.
        rows: words at the left of each row, of one line or several.
        columns: words above each column.
        space: white above it, pixels; keeps groups of blocks apart.
    """

    picture: np.ndarray
    rows: tuple = ()
    columns: tuple = ()
    space: int = GAP


def add_labels(blocks, *, title="", note=""):
    """Stack pictures on white, with words beside and above them.

    Args:
        blocks: list of `Block`, from the top; their pictures begin at the same left
            edge.
        title: a line on top.
        note: a smaller, gray line under it.

    Returns:
        A uint8 picture `[H', W', 3]` of even sides, which video needs. Every pixel of
        the blocks' pictures is in it, unchanged.
    """
    rows = [_row_labels(block) for block in blocks]
    left = MARGIN + max((label.width + GAP for row in rows for label in row), default=0)
    top, placed, pictures = MARGIN, [], []
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
            place = (left - GAP - label.width, round(top + center - label.height / 2))
            placed.append((*place, label))
        pictures.append((left, top, block.picture))
        top += block.picture.shape[0]
    right = max(
        [left + block.picture.shape[1] for block in blocks]
        + [x + label.width for x, _, label in placed]
    )
    width, height = right + MARGIN, top + MARGIN
    canvas = Image.new("RGB", (width + width % 2, height + height % 2), "white")
    draw = ImageDraw.Draw(canvas)
    for x, y, label in placed:
        label.draw(draw, x, y)
    # Last, so that no word can cover a frame.
    for x, y, picture in pictures:
        canvas.paste(Image.fromarray(picture), (x, y))
    return np.array(canvas)


class _Text:
    """Lines of one size, and how much room they take."""

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
            place = (left + round(self._align * free), top + i * self._line_height)
            draw.text(place, line, fill=self._color, font=self._font)


def _row_labels(block):
    height = block.picture.shape[0] / max(len(block.rows), 1)
    return _fitting(block.rows, 1.0, lambda label: label.height <= height)


def _column_labels(block):
    width = block.picture.shape[1] / max(len(block.columns), 1)
    return _fitting(block.columns, 0.5, lambda label: label.width <= width - GAP)


def _fitting(texts, align, fits):
    """Return the texts in the greatest size in which all of them fit."""
    for size in range(LABEL_SIZE, SMALLEST_SIZE - 1, -1):
        labels = [_Text(text, size, align=align) for text in texts]
        if all(map(fits, labels)):
            break
    return labels


def _centers(labels, block, axis):
    """Return where the rows' (axis 0) or columns' (1) middles are in the picture."""
    step = block.picture.shape[axis] / max(len(labels), 1)
    return [(i + 0.5) * step for i in range(len(labels))]
