"""Released copies of runs, and the runs that are part of the package."""

import numpy as np
import pytest

import keras_drnet
from keras_drnet import pretrained
from keras_drnet.checkpoints.release import release
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.errors import InputError
from keras_drnet.inference.load import load_predictor
from keras_drnet.training.open_run import open_run
from keras_drnet.training.stages import train_stage
from tests.support.networks import lively_networks, save_run


@pytest.fixture
def run(tiny, tmp_path):
    return save_run(tmp_path / "run", tiny, lively_networks(tiny))


def test_a_released_copy_predicts_what_the_run_does(run, tmp_path, rng):
    (run.path / "evaluation").mkdir()
    (run.path / "evaluation" / "metrics.json").write_text("{}")
    copy = release(run, tmp_path / "copy")
    past = rng.uniform(size=(2, 3, 32, 32, 3)).astype("float32")
    expected = load_predictor(run).predict(past, 4)
    np.testing.assert_allclose(
        load_predictor(copy).predict(past, 4), expected, atol=0.02
    )
    assert copy.config() == run.config()
    assert (copy.path / "evaluation" / "metrics.json").is_file()
    with np.load(next(copy.path.glob("drnet/*/decoder.npz"))) as arrays:
        assert {array.dtype for array in arrays.values()} == {np.dtype("float16")}


def test_a_copy_does_not_contain_the_path_of_the_data(tiny, tmp_path):
    config = tiny.with_overrides(["data.data_dir=/home/somebody/mnist"])
    run = save_run(tmp_path / "run", config, lively_networks(config))
    copy = release(run, tmp_path / "copy")
    texts = [p.read_text() for p in copy.path.rglob("*.json")]
    assert texts and not any("somebody" in text for text in texts)
    assert copy.config(data_dir="elsewhere").data.data_dir == "elsewhere"


def test_a_copy_cannot_be_trained_further(run, tmp_path):
    copy = release(run, tmp_path / "copy")
    with pytest.raises(InputError, match="released copy"):
        train_stage(copy, "drnet")


def test_every_pretrained_run_loads_and_predicts_frames():
    names = [path.parent.name for path in pretrained.FOLDER.glob("*/config.json")]
    assert "moving_mnist" in names
    for name in names:
        predictor = keras_drnet.load(name)
        past = np.zeros((1, 2, *predictor.frame_shape), np.float32)
        future = predictor.predict(past, 3)
        assert future.shape == (1, 3, *predictor.frame_shape)
        assert np.all((future >= 0) & (future <= 1))
        folder = pretrained.FOLDER / name
        sizes = [p.stat().st_size for p in folder.rglob("*") if p.is_file()]
        assert sum(sizes) <= 4e6
        assert (folder / "README.md").is_file()


def test_outputs_of_a_packaged_run_go_to_the_working_directory(tmp_path, monkeypatch):
    run = RunFolder("pretrained:moving_mnist")
    assert str(run.output_path("bundle")) == "moving_mnist/bundle"
    with pytest.raises(InputError, match="moving_mnist"):
        RunFolder("pretrained:moving_minst")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="packaged run is pretrained:moving_mnist"):
        RunFolder("moving_mnist").config()


def test_a_packaged_run_is_not_trained_but_what_starts_from_it_is():
    with pytest.raises(InputError, match="--initialize_from=pretrained:moving_mnist"):
        open_run(RunFolder("pretrained:moving_mnist"))


def test_results_made_of_a_packaged_run_are_released_with_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = RunFolder("pretrained:moving_mnist")
    own = run.output_path("evaluation")
    own.mkdir(parents=True)
    (own / "probes.json").write_text("{}")
    copy = release(run, "copy")
    assert (copy.path / "evaluation" / "probes.json").read_text() == "{}"
    for name in ("metrics.json", "probes.json"):
        assert (copy.path / "evaluation" / name).is_file()


def test_results_only_copies_configuration_and_results(tiny, tmp_path):
    config = tiny.with_overrides(["data.data_dir=/home/somebody/mnist"])
    run = RunFolder(tmp_path / "run")
    run.create(config)
    (run.path / "evaluation").mkdir()
    (run.path / "evaluation" / "probes.json").write_text("{}")
    copy = release(run, tmp_path / "copy", results_only=True)
    assert copy.config().data.data_dir == "mnist"
    files = {str(p.relative_to(copy.path)) for p in copy.path.rglob("*.*")}
    assert files == {"config.json", "evaluation/probes.json"}
