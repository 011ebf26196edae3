"""The table of stages: what a whole run reads and builds, and in which order."""

import pytest

from keras_drnet.checkpoints.run_folder import RunFolder, stage_weights
from keras_drnet.config.schema import Config, stage_names
from keras_drnet.errors import InputError
from keras_drnet.models import networks as networks_lib
from keras_drnet.training import stages
from keras_drnet.training.open_run import open_run

FOUR_STAGES = [
    "joint.epochs=1",
    "joint.steps_per_epoch=1",
    "rollout.epochs=1",
    "rollout.steps_per_epoch=1",
    "rollout.rollout_length=10",
]


@pytest.fixture
def counts(monkeypatch):
    """How often a configuration was read and networks were built."""
    counts = {"read": 0, "built": 0}
    read, build = Config.from_json.__func__, networks_lib.build_networks

    def from_json(cls, text):
        counts["read"] += 1
        return read(cls, text)

    def build_networks(*args, **kwargs):
        counts["built"] += 1
        return build(*args, **kwargs)

    monkeypatch.setattr(Config, "from_json", classmethod(from_json))
    for module in (networks_lib, stages):
        monkeypatch.setattr(module, "build_networks", build_networks)
    return counts


@pytest.fixture
def without_fitting(monkeypatch):
    """Stages that are finished as soon as their models are built."""

    def finish(model, run, stage, networks, **options):
        run.checkpoints(stage.name).save(
            run.config().stage(stage.name).num_steps,
            stage_weights(networks, stage.name),
            {},
        )

    monkeypatch.setattr(stages, "fit", finish)


def test_a_new_run_reads_its_configuration_once_and_builds_once_a_stage(
    counts, without_fitting, tmp_path
):
    run = open_run(RunFolder(tmp_path / "run"), "tiny", overrides=FOUR_STAGES)
    for name in run.stages():
        stages.train_stage(run, name)
    assert run.stages() == ("drnet", "pose", "joint", "rollout")
    assert counts["read"] <= 2
    assert counts["built"] <= len(run.stages())


def test_a_stage_needs_those_before_it(without_fitting, tmp_path):
    run = open_run(RunFolder(tmp_path / "run"), "tiny", overrides=FOUR_STAGES)
    with pytest.raises(InputError, match="'drnet' .* 0 of 12 steps; finish it before"):
        stages.train_stage(run, "pose")


def test_every_stage_of_a_configuration_is_in_the_table():
    assert tuple(stages.STAGES) == stage_names()
    assert stage_names("mcnet") == ("mcnet",)
