"""Sprites: 1,296 characters in 9 motions, from sheets of the Liberated Pixel Cup.

The benchmark of content and motion that DSAE (Li & Mandt 2018), S3VAE and C-DSVAE
report on. Its public repository, YingzhenLi/Sprites, has a sheet for each piece of
clothing, and code that draws the clips:

    body/ bottomwear/ topwear/ hair/    0.png to 5.png, 832x1344 pixels, RGBA
    shoes/                              1.png

The clips drawn here are the same, frame by frame:

- a character is one each of six bodies, bottomwears, topwears and hairs, with the
  shoes on top, drawn in this order on black. The folder of eyes is not used: a body
  has its own;
- the actions walk, spellcast and slash are seen from the front, left and right;
- the rows of a sheet have 9, 7 and 6 frames. A walk leaves out the first, standing
  still, and starts with the last. The others repeat a frame to end as they began;
- 1,000 characters are for training and 296 for testing, chosen by the repository's
  random seed, so that results can be compared. `test_fraction` is not used.
"""

import itertools
import pathlib

import numpy as np
from PIL import Image

from keras_drnet.data.clips import BadFile, Clip, ClipReader, check_split
from keras_drnet.data.images import fit_image, open_image
from keras_drnet.errors import InputError

CELL = 64  # Side of a cell, pixels.
NUM_ROWS, NUM_COLUMNS = 21, 13  # Cells of a sheet.
ATTRIBUTES = ("body", "bottomwear", "topwear", "hair")  # From back to front.
NUM_VALUES = 6  # Of each attribute.
SHOES = ("shoes", 1)
# Name to the sheet's row of the view from behind, and the columns of the frames.
ACTIONS = {
    "walk": (8, (8, 1, 2, 3, 4, 5, 6, 7)),
    "spellcast": (0, (0, 1, 2, 3, 4, 5, 4, 6)),
    "slash": (12, (0, 1, 2, 3, 4, 5, 4, 0)),
}
DIRECTIONS = {"left": 1, "front": 2, "right": 3}  # Rows below the view from behind.
MOTIONS = tuple(itertools.product(ACTIONS, DIRECTIONS))
NUM_FRAMES = 8
NUM_TRAIN = 1000
SPLIT_SEED = 423

# Name of a character to the values of its attributes, in the published order.
CHARACTERS = {
    "body{}_bottom{}_top{}_hair{}".format(*numbers): numbers
    for numbers in itertools.product(range(NUM_VALUES), repeat=len(ATTRIBUTES))
}


class Sprites(ClipReader):
    """Reader of the sheets; an item is a character, with a clip for each motion.

    A clip is named `"body2_bottom0_top5_hair3/walk_left"`; its labels are `"body"`,
    `"bottomwear"`, `"topwear"` and `"hair"`, each `"0"` to `"5"`, `"action"` and
    `"direction"`. Only a walk is periodic.
    """

    def __init__(self, config):
        """Hold the configuration.

        Args:
            config: a `DataConfig`; its `data_dir` has the folders body, bottomwear,
                topwear, hair and shoes.
        """
        super().__init__(config)
        self._cells = {}

    def items(self, split):
        """Return the characters of a split, sorted: 1,000 or 296 names.

        Raises:
            InputError: the split is unknown, or a folder is missing.
        """
        check_split(split)
        for part in (*ATTRIBUTES, SHOES[0]):
            if not pathlib.Path(self.config.data_dir, part).is_dir():
                raise InputError(
                    "Sprites need data_dir, a copy of YingzhenLi/Sprites with the "
                    f"folders {', '.join(ATTRIBUTES)} and {SHOES[0]}; there is no "
                    f"{part!r} in {self.config.data_dir!r}."
                )
        # RandomState, unlike newer generators, keeps its numbers for all time.
        order = np.random.RandomState(SPLIT_SEED).permutation(len(CHARACTERS))
        chosen = order[:NUM_TRAIN] if split == "train" else order[NUM_TRAIN:]
        names = list(CHARACTERS)
        return sorted(names[index] for index in chosen)

    def read(self, item):
        """Draw a character.

        Args:
            item: one of the names from `items`.

        Returns:
            Nine `Clip`s of 8 frames.

        Raises:
            BadFile: a sheet is missing, damaged or of another size.
        """
        numbers = CHARACTERS[item]
        image = Image.new("RGBA", (CELL, len(MOTIONS) * NUM_FRAMES * CELL), "black")
        for part, number in (*zip(ATTRIBUTES, numbers, strict=True), SHOES):
            image = Image.alpha_composite(image, self._load_cells(part, number))
        cells = np.asarray(image.convert("RGB"))
        cells = cells.reshape(len(MOTIONS), NUM_FRAMES, CELL, CELL, 3)
        attributes = dict(zip(ATTRIBUTES, map(str, numbers), strict=True))
        return [
            Clip(
                name=f"{item}/{action}_{direction}",
                frames=np.stack([self._fit(frame) for frame in frames]),
                labels=attributes | {"action": action, "direction": direction},
                periodic=action == "walk",
            )
            for (action, direction), frames in zip(MOTIONS, cells, strict=True)
        ]

    def _fit(self, frame):
        config = self.config
        return fit_image(frame, config.image_size, config.num_channels, config.resize)

    def _load_cells(self, part, number):
        # All characters share 25 sheets, so each is read once.
        if (part, number) not in self._cells:
            path = pathlib.Path(self.config.data_dir, part, f"{number}.png")
            self._cells[part, number] = _read_cells(path)
        return self._cells[part, number]


def _read_cells(path):
    """Return the cells of all motions as one RGBA image, stacked vertically."""
    width, height = NUM_COLUMNS * CELL, NUM_ROWS * CELL
    if not path.is_file():
        raise BadFile(path, "this sheet is missing")
    with open_image(path) as image:
        sheet = image.convert("RGBA")
    if sheet.size != (width, height):
        raise BadFile(
            path,
            "the sheet has {}x{} pixels; expected {}x{}".format(
                *sheet.size, width, height
            ),
        )
    cells = np.asarray(sheet).reshape(NUM_ROWS, CELL, NUM_COLUMNS, CELL, 4)
    cells = cells.swapaxes(1, 2)
    rows = [ACTIONS[action][0] + DIRECTIONS[direction] for action, direction in MOTIONS]
    columns = [ACTIONS[action][1] for action, _ in MOTIONS]
    chosen = cells[np.array(rows)[:, None], columns]
    return Image.fromarray(chosen.reshape(-1, CELL, 4))
