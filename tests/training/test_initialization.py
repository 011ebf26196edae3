"""Runs that begin with the weights of another."""

import shutil

import numpy as np
import pytest

from keras_drnet.checkpoints.release import release
from keras_drnet.checkpoints.run_folder import RunFolder, stage_weights
from keras_drnet.errors import InputError
from keras_drnet.models.networks import build_networks
from keras_drnet.training import stages
from keras_drnet.training.open_run import open_run


@pytest.fixture
def begun(monkeypatch):
    """Weights that each stage began with, by stage; a stage ends as soon as it did."""
    begun = {}

    def finish(model, run, stage, networks, **options):
        trained = stage_weights(networks, stage.name)
        begun[stage.name] = _values(trained)
        steps = run.config().stage(stage.name).num_steps
        run.checkpoints(stage.name).save(steps, trained, {})

    monkeypatch.setattr(stages, "fit", finish)
    return begun


@pytest.fixture
def source(tmp_path):
    """A run whose weights are all 0.125 k, with k from 0 to 9."""
    run = open_run(RunFolder(tmp_path / "source"), "tiny")
    networks = build_networks(run.config())
    for stage, weights in run.last_weights(networks).items():
        for i, variable in enumerate(v for own in weights.values() for v in own):
            variable.assign(np.full(variable.shape, 0.125 * (i % 10)))
        run.checkpoints(stage).save(1, weights, {})
    return run


def _values(weights):
    return {name: [np.array(v) for v in own] for name, own in weights.items()}


def _source_values(run, stage):
    return _values(stage_weights(run.load_networks(), stage))


def _train(run):
    for name in run.stages():
        stages.train_stage(run, name)


def _assert_same(values, expected):
    assert values.keys() == expected.keys()
    for name, own in expected.items():
        for one, other in zip(values[name], own, strict=True):
            np.testing.assert_array_equal(one, other)


def test_every_stage_begins_with_the_weights_of_the_other_run(source, begun, tmp_path):
    run = RunFolder(tmp_path / "run")
    open_run(run, "tiny", overrides=["seed=7"], initialize_from=str(source.path))
    _train(run)
    for stage in ("drnet", "pose"):
        _assert_same(begun[stage], _source_values(source, stage))
    assert source.checkpoints("drnet").steps() == [1]


def test_without_a_preset_its_configuration_is_taken(source, tmp_path):
    run = RunFolder(tmp_path / "run")
    open_run(run, overrides=["drnet.epochs=9"], initialize_from=str(source.path))
    expected = source.config().with_overrides(
        ["drnet.epochs=9", f"initialize_from={source.path}"]
    )
    assert run.config() == expected


def test_a_released_copy_is_trained_further(source, begun, tmp_path):
    copy = release(source, tmp_path / "copy")
    run = open_run(RunFolder(tmp_path / "run"), initialize_from=str(copy.path))
    _train(run)
    _assert_same(begun["drnet"], _source_values(source, "drnet"))


def test_a_stage_that_has_a_checkpoint_goes_on_without_the_other_run(
    source, begun, tmp_path
):
    run = open_run(RunFolder(tmp_path / "run"), initialize_from=str(source.path))
    _train(run)
    shutil.rmtree(source.path)
    _train(run)
    shutil.rmtree(run.path / "pose")
    with pytest.raises(InputError, match="not a run folder"):
        _train(run)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["model.num_filters=8"], "model.num_filters is 4 there, 8 was asked for"),
        (["data.num_channels=1"], "data.num_channels is 3 there, 1 was asked for"),
        (["method=mcnet"], "method is 'drnet' there, 'mcnet' was asked for"),
    ],
)
def test_networks_that_do_not_fit_are_refused(source, tmp_path, overrides, message):
    run = RunFolder(tmp_path / "run")
    with pytest.raises(InputError, match=message):
        open_run(run, "tiny", overrides=overrides, initialize_from=str(source.path))
    assert not run.path.exists()


def test_a_run_without_weights_is_refused(source, tmp_path):
    shutil.rmtree(source.path / "pose")
    run = RunFolder(tmp_path / "run")
    with pytest.raises(InputError, match="no checkpoint of stage 'pose'"):
        open_run(run, initialize_from=str(source.path))
    assert not run.path.exists()


def test_a_run_goes_on_from_where_it_began(source, tmp_path):
    run = open_run(RunFolder(tmp_path / "run"), initialize_from=str(source.path))
    open_run(run, initialize_from=str(source.path))
    with pytest.raises(InputError, match="initialize_from is .* was asked for"):
        open_run(run, initialize_from="pretrained:moving_mnist")
