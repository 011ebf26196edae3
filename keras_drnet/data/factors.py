"""What is known of clips beside their pixels: the factors that codes are probed for."""

import dataclasses

import numpy as np


@dataclasses.dataclass(frozen=True)
class Factor:
    """One thing that varies among frames, with its value for some of them.

    A source that knows such things has a method

        factors(indices, times)   int64 `[B]` and int32 `[B, K]` as for `frames`;
                                  returns a dict, name to `Factor`

    Attributes:
        values: `[B]` if it is static, `[B, K]` if it is dynamic: ints, places in
            `names`, or floats, a real-valued quantity.
        kind: `"static"`, the same in all frames of a clip, or `"dynamic"`. DrNet
            ought to put the first into content and the second into pose. It goes by
            the clip alone: the direction of somebody who never turns is static.
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
