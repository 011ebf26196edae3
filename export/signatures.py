"""Inputs and outputs of a bundle's functions, and the file that lists them.

`signatures.json` is all that a program needs to know of a bundle: no size, name or
number of state tensors has to be written into its code. This module needs neither
TensorFlow nor NumPy.

Formats: 1 has no `resize`; 1 and 2 call the function `prime` "seed"; 1 to 3 have no
`positions`.
"""

import dataclasses
import json
import math
from collections.abc import Iterable
from typing import Any

FORMAT_VERSION = 4
SIGNATURES_FILE = "signatures.json"
OLD_NAMES = {"seed": "prime"}  # Functions' names before format 3.

MOST_CHARACTERS = 1 << 20  # Of a file's text; those of our bundles have 10,000.
DTYPES = ("float32", "int32")
ALLOWED = {
    "num_channels": (1, 3),
    "color_order": ("gray", "rgb"),
    "resize": ("squash", "crop"),
}
UNIT, CODE = (0.0, 1.0), (-1.0, 1.0)
# Meaning and range, `None` where there is no bound, of a tensor's name without the
# number that may follow.
MEANINGS = {
    "past": ("observed frames, oldest first", UNIT),
    "frame": ("a frame", UNIT),
    "future": ("the frames after the observed ones", UNIT),
    "num_future": ("frames to predict; the greatest number of a batch counts", None),
    "content": ("content code", CODE),
    "skip": ("map of the content encoder, finest first", None),
    "pose": ("pose code: what the next frame is drawn from", None),
    "hidden": ("output of a layer of the pose LSTM", CODE),
    "carry": ("memory of a layer of the pose LSTM", None),
    "past_poses": ("the poses before, normalized, oldest first", None),
    "content_gates": ("what content adds to the pose LSTM's gates", None),
    "content_map": (
        "what a frame needs of content: a layer's addend, or the patches of parts",
        None,
    ),
}


@dataclasses.dataclass(frozen=True)
class Tensor:
    """A named input or output.

    Attributes:
        shape: its sizes, the batch first; `None` where any size will do.
        dtype: name of the type, such as "float32".
        range: smallest and greatest value, or `None` where there is no bound.
        about: description.
    """

    shape: tuple[int | None, ...]
    dtype: str
    range: tuple[float, float] | None
    about: str

    def __post_init__(self) -> None:
        """Raise `ValueError` if an attribute is none of a tensor."""
        sizes = [size for size in self.shape if size is not None]
        _check(all(map(_is_count, sizes)), "shape", self.shape)
        _check(self.dtype in DTYPES, "dtype", self.dtype)
        _check(isinstance(self.about, str), "about", self.about)
        low, high = self.range or UNIT
        _check(-math.inf < low < high < math.inf, "range", self.range)


@dataclasses.dataclass(frozen=True)
class Signature:
    """A function of a bundle: its inputs and outputs by name."""

    inputs: dict[str, Tensor]
    outputs: dict[str, Tensor]


@dataclasses.dataclass(frozen=True)
class Signatures:
    """The functions of a bundle and the model that they come from.

    Attributes:
        name: name of the model.
        dataset: data set that it was trained on.
        image_size: side of a frame, pixels.
        num_channels: 1 (gray) or 3 (red, green, blue).
        color_order: "gray" or "rgb".
        num_past: number of observed frames that `prime` takes.
        max_future: greatest number of frames that `serving_default` predicts.
        frame_rate: frames a second of the video it was trained on.
        resize: how other shapes become squares, "squash" or "crop".
        content: names of the tensors that `prime` returns and every `step` takes
            unchanged.
        state: names of the tensors that `prime` returns, and that `step` takes and
            returns updated.
        positions: for each part of a frame, the indices of its row and its column in
            `pose`; `None` where poses have no positions. A position is -1 at the
            upper or left edge of the frame, 1 at the lower or right one, and 0 in its
            middle.
        functions: the signatures by name.
        prime_function: name of the function `prime` in the bundle's model files.
    """

    name: str
    dataset: str
    image_size: int
    num_channels: int
    color_order: str
    num_past: int
    max_future: int
    frame_rate: int
    resize: str
    content: tuple[str, ...]
    state: tuple[str, ...]
    positions: tuple[tuple[int, int], ...] | None
    functions: dict[str, Signature]
    prime_function: str = "prime"

    def __post_init__(self) -> None:
        """Raise `ValueError` if an attribute is none of a bundle."""
        for key in ("image_size", "num_past", "max_future", "frame_rate"):
            _check(_is_count(getattr(self, key)), key, getattr(self, key))
        for key, allowed in ALLOWED.items():
            _check(getattr(self, key) in allowed, key, getattr(self, key))
        for key in ("name", "dataset", "prime_function"):
            _check(isinstance(getattr(self, key), str), key, getattr(self, key))
        for key in ("content", "state"):
            names = getattr(self, key)
            _check(all(isinstance(name, str) for name in names), key, names)
        self._check_positions()

    def _check_positions(self) -> None:
        if self.positions is None:
            return
        pose_dim = self.functions["step"].inputs["pose"].shape[-1] or 0
        indices = [index for pair in self.positions for index in pair]
        is_sound = (
            bool(indices)
            and all(type(index) is int and 0 <= index < pose_dim for index in indices)
            and len(set(indices)) == len(indices)
        )
        _check(is_sound, "positions", self.positions)

    def name_in_files(self, function: str) -> str:
        """Return the name that a function has in the bundle's model files."""
        return self.prime_function if function == "prime" else function

    def to_json(self) -> str:
        """Return the text of `signatures.json`, in today's format."""
        values = {"format_version": FORMAT_VERSION} | dataclasses.asdict(self)
        del values["prime_function"]
        return json.dumps(values, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Signatures":
        """Read the text of `signatures.json`, in this or an earlier format.

        Raises:
            ValueError: the text is something else, or of a later format.
        """
        try:
            values = _upgraded(json.loads(text[:MOST_CHARACTERS]))
            functions = {
                name: Signature(
                    **{
                        side: {key: _tensor(tensor) for key, tensor in tensors.items()}
                        for side, tensors in signature.items()
                    }
                )
                for name, signature in values.pop("functions").items()
            }
            names: dict[str, Any] = {
                key: tuple(values.pop(key)) for key in ("content", "state")
            }
            if (positions := values.pop("positions")) is not None:
                positions = tuple((row, column) for row, column in positions)
            return cls(functions=functions, positions=positions, **names, **values)
        except OtherFormatError:
            raise
        except (
            *(AttributeError, KeyError, OverflowError, RecursionError),
            *(TypeError, ValueError),
        ) as error:
            raise ValueError(
                f"This is not a {SIGNATURES_FILE} of keras_drnet: {error!r:.300}."
            ) from error


def tensor(name: str, shape: Iterable[int | None], dtype: str) -> Tensor:
    """Return the `Tensor` of a name that is in `MEANINGS`."""
    about, value_range = MEANINGS[name.rstrip("0123456789")]
    return Tensor(tuple(shape), dtype, value_range, about)


class OtherFormatError(ValueError):
    """The text is of a later version."""


def _check(is_sound: bool, key: str, value: object) -> None:
    if not is_sound:
        raise ValueError(f"{key} is {value!r}")


def _is_count(value: object) -> bool:
    return type(value) is int and value > 0


def _upgraded(values: dict[str, Any]) -> dict[str, Any]:
    """Convert the values of any earlier format to those of today's."""
    version = values.pop("format_version")
    if version not in range(1, FORMAT_VERSION + 1):
        raise OtherFormatError(
            f"{SIGNATURES_FILE} has format {version!s:.50}; this program reads formats "
            f"1 to {FORMAT_VERSION}. Use the version of keras_drnet that wrote it."
        )
    if version < 2:
        values.setdefault("resize", "squash")
    if version < 4:
        values["positions"] = None
    if version < 3:
        values["prime_function"] = "seed"
        values["functions"]["prime"] = values["functions"].pop("seed")
    return values


def _tensor(values: dict[str, Any]) -> Tensor:
    shape, value_range = values.pop("shape"), values.pop("range")
    if value_range is not None:
        low, high = value_range
        value_range = float(low), float(high)
    return Tensor(shape=tuple(shape), range=value_range, **values)
