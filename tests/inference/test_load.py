"""Every method of prediction, by the contract of `Predictor`."""

import itertools
import pathlib

import keras
import numpy as np
import pytest

import keras_drnet
from keras_drnet import pretrained
from keras_drnet.checkpoints.release import release
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.errors import InputError
from keras_drnet.inference.baselines import CopyLastFrame, MeanFrame
from keras_drnet.inference.load import PREDICTORS, load_predictor
from keras_drnet.models.networks import build_networks
from keras_drnet.training.open_run import open_run
from keras_drnet.training.stages import train_stage
from tests.support.networks import RICH_PARTS, lively_networks, save_run

FRAME = (32, 32, 3)


def untrained(config):
    return PREDICTORS[config.method](build_networks(config))


METHODS = {
    "drnet": untrained,
    "autoencoder_lstm": lambda tiny: untrained(BASELINES["autoencoder_lstm"](tiny)),
    "mcnet": lambda tiny: untrained(BASELINES["mcnet"](tiny)),
    "copy_last_frame": lambda tiny: CopyLastFrame(FRAME),
    "mean_frame": lambda tiny: MeanFrame(np.full(FRAME, 0.25)),
}


@pytest.fixture(scope="module", params=sorted(METHODS))
def predictor(request):
    return METHODS[request.param](PRESETS["tiny"]())


def test_a_prediction_is_the_collected_stream(predictor, rng):
    assert predictor.frame_shape == FRAME
    past = rng.uniform(size=(2, 3, *FRAME)).astype("float32")
    future = predictor.predict(past, 4)
    assert future.shape == (2, 4, *FRAME) and future.dtype == np.float32
    assert np.all((future >= 0) & (future <= 1))
    streamed = list(itertools.islice(predictor.stream(past), 4))
    np.testing.assert_array_equal(np.stack(streamed, axis=1), future)
    assert predictor.predict(past, 0).shape == (2, 0, *FRAME)


def test_a_clip_is_predicted_alike_alone_and_among_others(predictor, rng):
    past = rng.uniform(size=(3, 3, *FRAME)).astype("float32")
    together = predictor.predict(past, 3)
    alone = predictor.predict(past[1:2], 3)
    np.testing.assert_allclose(together[1:2], alone, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_any_number_of_frames_may_be_observed_one_after_the_other(method, rng):
    def make():
        keras.utils.set_random_seed(0)
        return METHODS[method](PRESETS["tiny"]())

    past, predictor = rng.uniform(size=(2, 6, *FRAME)), make()
    for batch_size, num_past in ((1, 3), (2, 5), (2, 2), (1, 6)):
        video = past[:batch_size, -num_past:]
        expected = make().predict(video, 2)
        np.testing.assert_allclose(predictor.predict(video, 2), expected, atol=1e-5)


def test_what_is_not_a_video_is_refused(predictor):
    with pytest.raises(InputError, match="expected.*num_past, 32, 32, 3"):
        predictor.predict(np.zeros((1, 3, 32, 32, 1)), 2)
    with pytest.raises(InputError, match="num_past at least 1"):
        predictor.predict(np.zeros((1, 0, *FRAME)), 2)
    with pytest.raises(InputError, match="not finite"):
        predictor.predict(np.full((1, 3, *FRAME), np.nan), 2)


@pytest.mark.parametrize("baseline", sorted(BASELINES))
def test_a_baseline_is_trained_from_a_preset_and_loaded_again(baseline, tmp_path):
    run = RunFolder(tmp_path / "run")
    open_run(run, "tiny", baseline=baseline, overrides=FEW_STEPS)
    assert run.config().method_name == baseline
    assert run.config().data.dataset == "moving_mnist"
    for stage in run.stages():
        train_stage(run, stage)
        steps, seconds = run.checkpoints(stage).progress()
        assert steps == 2 and seconds > 0
    past = np.zeros((1, 3, *FRAME), np.float32)
    assert load_predictor(run).predict(past, 2).shape == (1, 2, *FRAME)


FEW_STEPS = [
    f"{stage}.{key}"
    for stage in ("drnet", "pose", "mcnet")
    for key in ("epochs=1", "steps_per_epoch=2", "batch_size=2")
] + ["mcnet.num_future=2", "data.clip_length=6", "data.max_step=4"]


def test_an_autoencoder_knows_nothing_but_its_code(tiny, rng):
    predictor = METHODS["autoencoder_lstm"](tiny)
    content, _ = predictor.networks.content_encoder(rng.uniform(size=(2, *FRAME)))
    assert np.all(np.asarray(content) == 0)
    assert predictor.networks.pose_encoder.output.shape[-1] == 12  # 8 + 4 of tiny.
    frames = rng.uniform(size=(2, *FRAME)).astype("float32")
    np.testing.assert_array_equal(
        predictor.reconstruct(frames, frames), predictor.reconstruct(0 * frames, frames)
    )


@pytest.mark.parametrize(
    "encoder, expected", [("dcgan_keypoints", "dcgan"), ("resnet18", "resnet18")]
)
def test_an_autoencoder_s_code_is_not_of_places_alone(tiny, encoder, expected):
    config = tiny.with_overrides([f"model.pose_encoder={encoder}"])
    assert BASELINES["autoencoder_lstm"](config).model.pose_encoder == expected


def test_an_autoencoder_of_parts_is_one_of_whole_frames(tiny):
    config = BASELINES["autoencoder_lstm"](tiny.with_overrides(RICH_PARTS))
    networks = build_networks(config)
    assert networks.content_encoder.input.shape == (None, *FRAME)
    assert networks.pose_encoder.output.shape[-1] == 8 + 8  # Content and pose.


def test_an_autoencoder_has_no_loss_but_that_of_its_frames(tiny):
    names = ("similarity", "steadiness", "adversarial")
    config = tiny.with_overrides([f"drnet.{name}_weight=0.1" for name in names])
    drnet = BASELINES["autoencoder_lstm"](config).drnet
    assert [getattr(drnet, f"{name}_weight") for name in names] == [0, 0, 0]


def test_a_word_is_a_packaged_run_and_a_slash_makes_a_path(tiny, tmp_path, monkeypatch):
    save_run(tmp_path / "mine", tiny, lively_networks(tiny))
    monkeypatch.chdir(tmp_path)
    for source in (tmp_path / "mine", pathlib.Path("mine"), "./mine"):
        assert keras_drnet.load(source).frame_shape == FRAME
    packaged = keras_drnet.load("pretrained:moving_mnist")
    assert keras_drnet.load("moving_mnist").frame_shape == packaged.frame_shape
    for source in ("mine", "", "./yours", pathlib.Path("yours")):
        expected = r"There is no run .*one of \['kth', 'moving_mnist', 'sprites'\].*\./mine.*hf://"
        with pytest.raises(InputError, match=expected):
            keras_drnet.load(source)


def test_a_released_run_has_no_more_weights_than_bytes(tiny, tmp_path, monkeypatch):
    """A configuration may ask for any size; what it makes is not built then."""
    copy = release(
        save_run(tmp_path / "a", tiny, lively_networks(tiny)), tmp_path / "b"
    )
    wide = tiny.with_overrides(["model.lstm_units=60000", "model.num_filters=4096"])
    monkeypatch.setattr(pretrained, "FOLDER", tmp_path)
    assert keras_drnet.load("b").frame_shape == FRAME
    (copy.path / "config.json").write_text(wide.to_json())
    with pytest.raises(InputError, match="pretrained:b cannot be loaded.*weights"):
        keras_drnet.load("b")


def test_only_drnet_is_exported(tmp_path):
    run = RunFolder(tmp_path / "run")
    open_run(run, "tiny", baseline="mcnet")
    run.check_method("mcnet", "be compared")
    with pytest.raises(InputError, match="'mcnet'.*'drnet' can be exported"):
        run.check_method("drnet", "be exported")
