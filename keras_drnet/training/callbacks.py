"""Callbacks: checkpoints, sample images, a stop at the first NaN."""

import contextlib
import math
import signal
import time

import keras
import numpy as np
import tensorflow as tf

from keras_drnet.errors import TrainingError
from keras_drnet.training import distribution
from keras_drnet.visualization.frame_grid import write_png

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StepCounter(keras.callbacks.Callback):
    """Count of the steps of a stage, also where Keras runs several at once.

    Attributes:
        step: steps trained so far.
    """

    def __init__(self, *, step=0):
        """Set the number of steps trained before."""
        super().__init__()
        self.step = self._epoch_start = step

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch_start = self.step

    def on_train_batch_end(self, batch, logs=None):
        self.step = self._epoch_start + batch + 1


class Checkpoint(StepCounter):
    """Checkpoint at the end of every epoch, and when training is interrupted.

    On Ctrl-C or SIGTERM the step under way is finished and saved, then
    `KeyboardInterrupt` is raised. Training that starts from a checkpoint takes the
    same steps as training that was never stopped. Where several processes train
    together, a signal to one stops all, and the chief alone writes.
    """

    def __init__(
        self, checkpoints, weights, state, *, step=0, seconds=0.0, average=None
    ):
        """Set what is saved.

        Args:
            checkpoints: `Checkpoints` of the stage.
            weights: dict of a network's name to list of its variables.
            state: dict of name to list of variables.
            step: steps trained so far.
            seconds: time that they took.
            average: a `WeightAverage`, if the average is what is to be used: it is
                saved as the weights, the live ones as part of the state.
        """
        super().__init__(step=step)
        self._started = time.monotonic() - seconds
        self._checkpoints = checkpoints
        self._weights = weights
        self._state = dict(state)
        self._average = average
        self._interrupted = False
        self._old_handlers = {}

    def on_train_begin(self, logs=None):
        for number in STOP_SIGNALS:
            self._old_handlers[number] = signal.signal(number, self._interrupt)

    def on_train_end(self, logs=None):
        self.restore_handlers()
        if self._is_interrupted():  # In the last epoch's validation or pictures.
            self._stop()

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        if self._is_interrupted():
            self.save()
            self.restore_handlers()
            self._stop()

    def on_epoch_end(self, epoch, logs=None):
        self.save()

    def save(self):
        """Write a checkpoint of the current step, as the chief."""
        if not distribution.is_chief():
            return
        state, applied = self._state, contextlib.nullcontext()
        if self._average is not None:
            live = [w.numpy() for w in self._average.weights]
            state, applied = state | {"live_weights": live}, self._average.applied()
        with applied:
            self._checkpoints.save(
                self.step,
                self._weights,
                state,
                seconds=time.monotonic() - self._started,
            )

    def _interrupt(self, number, frame):
        self._interrupted = True

    def _is_interrupted(self):
        if distribution.worker()[1] == 1:
            return self._interrupted
        return distribution.any_worker(self._interrupted)

    def _stop(self):
        raise KeyboardInterrupt(f"stopped and saved at step {self.step}")

    def restore_handlers(self):
        """Restore the signal handlers; to be called if training raised an error."""
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        self._old_handlers = {}


class StopAtNaN(StepCounter):
    """End of training at the first loss that is not finite.

    Place it before `Checkpoint`, so that NaN weights are never saved.
    """

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        self._check(logs)

    def on_epoch_end(self, epoch, logs=None):
        # The weights of the epoch's last step have been tried in validation alone.
        self._check(logs)

    def _check(self, logs):
        broken = [n for n, value in (logs or {}).items() if not math.isfinite(value)]
        if broken:
            raise TrainingError(
                f"{' and '.join(broken)} became {float(logs[broken[0]])} at step "
                f"{self.step}. The last checkpoint is kept, but going on from it "
                "leads here again: start another run (--run_dir) with a lower "
                "learning_rate or with clip_norm=1."
            )


class SampleGrid(keras.callbacks.Callback):
    """Sample image after every epoch, as a PNG file and in TensorBoard.

    Example:

    ```python
    SampleGrid(lambda: swap_grid(drnet, frames), pathlib.Path("samples/swap"))
    ```
    """

    def __init__(self, draw, folder, *, log_dir=None):
        """Set what is drawn, and where it is written.

        Args:
            draw: function without arguments that returns a picture, uint8
                `[H, W, 3]`.
            folder: where `epoch_<n>.png` is written; its name names the picture in
                TensorBoard.
            log_dir: TensorBoard's folder; `None` writes no event file.
        """
        super().__init__()
        self._draw = draw
        self._folder = folder
        self._writer = tf.summary.create_file_writer(str(log_dir)) if log_dir else None

    def on_epoch_end(self, epoch, logs=None):
        picture = self._draw()
        write_png(self._folder / f"epoch_{epoch + 1:04d}.png", picture)
        if self._writer:
            with self._writer.as_default(step=epoch):
                tf.summary.image(self._folder.name, picture[np.newaxis])
            self._writer.flush()
