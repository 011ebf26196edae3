"""Configuration: round trips, overrides, and what its errors say."""

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import Config
from keras_drnet.errors import InputError

BASE = Config()


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_presets_round_trip_and_say_how_to_run_them(name):
    config = PRESETS[name]()
    assert Config.from_json(config.to_json()) == config
    assert config.first_difference(config) is None
    assert (
        f"--preset={name}" in PRESETS[name].__doc__ or "make" in PRESETS[name].__doc__
    )


@given(rate=st.floats(1e-6, 1), steps=st.integers(1, 10**6), flag=st.booleans())
def test_overrides_round_trip(rate, steps, flag):
    config = BASE.with_overrides(
        [
            f"drnet.learning_rate={rate}",
            f"pose.steps_per_epoch={steps}",
            f"data.integer_velocity={flag}",
        ]
    )
    assert config.drnet.learning_rate == rate
    assert config.pose.steps_per_epoch == steps
    assert config.data.integer_velocity is flag
    assert Config.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("drnet.learning_rat=1", "'drnet.learning_rat'; did you mean 'learning_rate'"),
        ("modle.pose_dim=1", "'modle.pose_dim'; did you mean 'model'"),
        ("zzz=1", "'zzz'; expected one of .*precision"),
        ("seed", "no '='"),
        ("model=1", "'model' is a section"),
        ("seed.x=1", "'seed' is a single value"),
        ("seed=one", "seed is 'one'; expected a value of type int"),
        ("drnet.batch_size=1", "at least 2"),
        ("drnet.epochs=0", "epochs is 0; expected a number above 0"),
        ("drnet.warmup_steps=-1", "warmup_steps is -1; expected 0 or a number above"),
        ("drnet.adversarial_weight=-0.1", "adversarial_weight is -0.1; expected 0 or"),
        ("pose.cached_batches=-8", "cached_batches is -8; expected 0 or"),
        ("drnet.schedule=linear", "expected one of .*cosine"),
        ("data.integer_velocity=perhaps", "expected one of .*false.*true"),
        ("data.num_channels=2", "num_channels is 2; expected one of"),
        ("data.num_past=20", "fewer past frames"),
        ("pose.average_momentum=1", "below 1"),
        ("drnet.beta_1=inf", "beta_1 is inf; expected a number from 0 to below 1"),
        ("pose.beta_1=nan", "beta_1 is nan; expected a number from 0 to below 1"),
        ("drnet.learning_rate=inf", "learning_rate is inf; expected a number above 0"),
        ("drnet.similarity_weight=nan", "similarity_weight is nan; expected 0 or"),
        ("drnet.epochs=1000000000000", "epochs is 1000000000000; .* at most 1e\\+09"),
        ("drnet.batch_size=1000000", "batch_size is 1000000; .* from 2 to 65536"),
        ("model.num_filters=1000000", "num_filters is 1000000; .* from 1 to 65536"),
        ("data.image_size=1000000", "image_size is 1000000; .* from 1 to 65536"),
        ("data.clip_length=100000", "clip_length is 100000; .* from 1 to 65536"),
        ("seed=-1", "seed is -1; expected 0 or a number above"),
        ("drnet.discriminator_learning_rate=0", "discriminator_learning_rate is 0.0"),
        ("rollout.cached_batches=-8", "cached_batches is -8; expected 0 or"),
        ("rollout.adversarial_weight=-1", "adversarial_weight is -1.0"),
        ("mcnet.image_weight=-1", "image_weight is -1.0; expected 0 or"),
        ("model.lstm_reads_changes=2", "set lstm_predicts_change to true"),
        ("model.lstm_dropout=1", "lstm_dropout is 1.0; .* from 0 to 0.9"),
        ("pose.position_weight=0", "position_weight is 0.0; expected a number above 0"),
        ("pose.clip_length=5", r"5 frames are observed.*expected at least 6, or 0"),
    ],
)
def test_wrong_overrides_are_explained(override, message):
    with pytest.raises(InputError, match=message):
        BASE.with_overrides([override])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sed": 0}, "'sed'; did you mean 'seed'"),
        ({"seed": "0"}, "seed is '0'; expected a value of type int"),
        ({"model": {"pose_dims": 4}}, "'model.pose_dims'; did you mean 'pose_dim'"),
        ({"model": 3}, "model is not a JSON object"),
    ],
)
def test_wrong_json_is_explained(change, message):
    values = json.loads(BASE.to_json()) | change
    with pytest.raises(InputError, match=message):
        Config.from_json(json.dumps(values))
    with pytest.raises(InputError, match="not JSON"):
        Config.from_json("{")


@given(st.permutations(["data.num_past=20", "data.clip_length=40", "seed=3"]))
def test_overrides_are_made_at_once_in_any_order(overrides):
    config = BASE.with_overrides(overrides)
    assert (config.data.num_past, config.data.clip_length, config.seed) == (20, 40, 3)


def test_a_roll_out_has_poses_for_its_discriminator():
    short = ["rollout.epochs=1", "pose.clip_length=6", "rollout.rollout_length=6"]
    with pytest.raises(InputError, match="rollout_length is 6.*expected at least 7"):
        BASE.with_overrides(short)
    BASE.with_overrides([*short[:2], "rollout.rollout_length=7"])


def test_first_difference_names_key_and_both_values():
    other = BASE.with_overrides(["pose.batch_size=7"])
    difference = BASE.first_difference(other)
    assert difference == "pose.batch_size is 100 there, 7 was asked for"


def test_configurations_cannot_be_changed_in_place():
    with pytest.raises(dataclasses.FrozenInstanceError):
        BASE.model.pose_dim = 3


OLD_NAMES = ["pose.closed_loop=true", "model.pose_encoder=dcgan_points"]
PRESENT_NAMES = ["pose.free_running=true", "model.pose_encoder=dcgan_keypoints"]


def test_old_names_of_keys_and_values_are_read_with_a_notice(caplog):
    config = BASE.with_overrides(PRESENT_NAMES)
    with caplog.at_level("WARNING", logger="absl"):
        assert BASE.with_overrides(OLD_NAMES) == config
    assert "pose.closed_loop is now pose.free_running" in caplog.text
    assert "model.pose_encoder=dcgan_points is now dcgan_keypoints" in caplog.text


def test_a_configuration_of_release_0_1_0_is_read_with_one_notice(caplog):
    values = json.loads(BASE.with_overrides(PRESENT_NAMES).to_json())
    values["pose"]["closed_loop"] = values["pose"].pop("free_running")
    values["pose"]["adapt_range"] = values["pose"].pop("adapt_normalization")
    values["model"]["pose_encoder"] = "dcgan_points"
    with caplog.at_level("WARNING", logger="absl"):
        read = Config.from_json(json.dumps(values))
    assert read == BASE.with_overrides(PRESENT_NAMES)
    assert len(caplog.records) == 1
    caplog.clear()
    with caplog.at_level("WARNING", logger="absl"):
        Config.from_json(read.to_json())
    assert not caplog.records


def test_stages_are_the_sections_with_epochs_in_the_order_of_training():
    assert BASE.stages == ("drnet", "pose")
    assert BASE.with_overrides(["joint.epochs=1"]).stages == ("drnet", "pose", "joint")
    assert BASE.with_overrides(["method=mcnet"]).stages == ("mcnet",)
    with pytest.raises(InputError, match="Unknown stage 'poes'.*'pose'"):
        BASE.stage("poes")


def test_clips_of_a_stage_are_as_long_as_it_needs():
    config = BASE.with_overrides(["pose.clip_length=30", "mcnet.num_future=4"])
    assert config.clip_length("drnet") == 20
    assert config.clip_length("joint") == config.clip_length("rollout") == 30
    assert BASE.clip_length("pose") == 20
    assert config.clip_length("mcnet") == config.data.num_past + 4
