"""Fitting of a stage: what is saved, what is not, and what is left behind."""

import os
import signal

import keras
import numpy as np
import pytest

from keras_drnet.checkpoints.checkpoint import Checkpoints
from keras_drnet.checkpoints.run_folder import RunFolder, stage_weights
from keras_drnet.errors import InputError, TrainingError
from keras_drnet.models.networks import build_networks
from keras_drnet.training import callbacks
from keras_drnet.training.open_run import open_run
from keras_drnet.training.stages import train_stage
from tests.support.videos import walker, write_video

STEPS = 3  # Of an epoch.


@pytest.fixture
def line():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", loss="mse")
    return model


@pytest.fixture
def handlers():
    return [signal.getsignal(number) for number in callbacks.STOP_SIGNALS]


def fit(line, folder, *others, epochs=2):
    """Fits a line with a validation, and returns its checkpoints."""
    x = np.ones((STEPS, 1), np.float32)
    checkpoints = Checkpoints(folder)
    saving = callbacks.Checkpoint(checkpoints, {"line": line.weights}, {})
    try:
        line.fit(
            x,
            x,
            batch_size=1,
            epochs=epochs,
            validation_data=(x, x),
            callbacks=[*others, callbacks.StopAtNaN(), saving],
            verbose=0,
        )
    finally:
        saving.restore_handlers()
    return checkpoints


class Break(keras.callbacks.Callback):
    """Makes weights of no number in the last step of the second epoch."""

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        if (self.epoch, batch) == (1, STEPS - 1):
            self.model.set_weights([np.nan * w for w in self.model.get_weights()])


def test_weights_that_the_last_step_broke_are_not_saved(line, tmp_path):
    with pytest.raises(TrainingError, match="val_loss became nan at step 6.*run_dir"):
        fit(line, tmp_path, Break())
    assert Checkpoints(tmp_path).steps() == [STEPS]


class Terminate(keras.callbacks.Callback):
    """Sends the process a signal during the validation of its second epoch."""

    tests = 0

    def on_test_begin(self, logs=None):
        self.tests += 1
        if self.tests == 2:
            os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.parametrize("epochs", [2, 3])
def test_a_signal_after_an_epoch_s_last_step_ends_training(
    line, handlers, tmp_path, epochs
):
    # In the midst of training the first step of the next epoch is finished too.
    step = 2 * STEPS + (epochs > 2)
    with pytest.raises(KeyboardInterrupt, match=f"saved at step {step}$"):
        fit(line, tmp_path, Terminate(), epochs=epochs)
    assert Checkpoints(tmp_path).steps()[-1] == step
    assert handlers == [signal.getsignal(n) for n in callbacks.STOP_SIGNALS]


def test_after_an_error_signals_have_their_handlers_back(tiny, handlers, tmp_path):
    run = RunFolder(tmp_path)
    run.create(tiny.with_overrides(["drnet.learning_rate=1e38"]))
    with pytest.raises(TrainingError, match="became"):
        train_stage(run, "drnet")
    assert handlers == [signal.getsignal(n) for n in callbacks.STOP_SIGNALS]


def test_the_average_starts_with_the_range_that_was_fitted(tiny, tmp_path):
    config = tiny.with_overrides(
        ["pose.adapt_normalization=true", "pose.average_momentum=0.9"]
    )
    run = RunFolder(tmp_path)
    run.create(config)
    run.checkpoints("drnet").save(
        config.drnet.num_steps, stage_weights(build_networks(config), "drnet"), {}
    )
    train_stage(run, "pose")
    folder = tmp_path / "pose" / f"step_{config.pose.num_steps:08d}"
    average = build_networks(config).pose_lstm
    run.checkpoints("pose").restore({"pose_lstm": average.weights})
    with np.load(folder / "state.npz") as state:
        for i, weight in enumerate(average.weights):
            live = state[f"live_weights/{i:04d}"]
            if not weight.trainable:  # The range: it does not change in training.
                assert not np.array_equal(live, np.ones_like(live))
                np.testing.assert_allclose(weight, live, rtol=1e-5)


def test_what_a_later_stage_cannot_do_is_said_before_there_is_a_run(tmp_path):
    for split, num_frames in (("train", 20), ("test", 12)):
        (tmp_path / "videos" / split).mkdir(parents=True)
        path = tmp_path / "videos" / split / "walk.avi"
        write_video(path, walker(num_frames), rate=8)
    run = RunFolder(tmp_path / "run")
    overrides = [
        "data.dataset=video_folder",
        "data.frame_rate=8",
        "pose.clip_length=15",
    ]
    with pytest.raises(
        InputError, match="None of the 1 test clips has 15 frames.*12.*pose.clip_length"
    ):
        open_run(run, "tiny", str(tmp_path / "videos"), overrides)
    assert not run.path.exists()


def test_a_baseline_is_for_a_new_run(tiny, tmp_path):
    run = RunFolder(tmp_path)
    run.create(tiny)
    with pytest.raises(InputError, match="holds a run already, and --baseline is for"):
        open_run(run, baseline="mcnet")
