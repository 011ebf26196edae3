"""Factors of variation of clips, which codes are probed for."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Factor:
    """One factor of variation, with its values for chosen frames.

    See `ClipSource.factors`.

    Attributes:
        values: `[B]` if the factor is static, `[B, K]` if it is dynamic: ints,
            indices into `names`, or floats, a real-valued quantity.
        kind: `"static"`, the same in all frames of a clip, or `"dynamic"`. DrNet
            should put the first into content and the second into pose. The clip alone
            decides: the direction of a person who never turns is static.
        names: names of the classes; `()` for a quantity.
    """

    values: np.ndarray
    kind: str
    names: tuple[str, ...] = ()

    @property
    def classes(self):
        """Number of classes; 0 = a real-valued quantity."""
        return len(self.names)

    def by_frame(self, num_times):
        """Return the value of every frame, `[B, num_times]`."""
        if self.kind == "dynamic":
            return self.values
        return np.repeat(self.values[:, None], num_times, axis=1)
