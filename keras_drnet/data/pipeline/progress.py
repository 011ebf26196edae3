"""A progress bar on standard error: standard output is left to results."""

import contextlib
import sys

import keras


class Progress:
    """Counts jobs of which it is known how many there are."""

    def __init__(self, total, unit):
        """Show the bar; `unit` is what it counts, such as `"shard"`."""
        with contextlib.redirect_stdout(sys.stderr):
            self._bar = keras.utils.Progbar(total, unit_name=unit)

    def add(self):
        """Count one job."""
        with contextlib.redirect_stdout(sys.stderr):
            self._bar.add(1)
