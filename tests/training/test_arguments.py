"""Arguments of the models of training that are out of range."""

import numpy as np
import pytest

from keras_drnet.config.presets import PRESETS
from keras_drnet.data.load import load_dataset, load_source
from keras_drnet.errors import InputError
from keras_drnet.models.mcnet_networks import build_mcnet_networks
from keras_drnet.models.networks import build_networks
from keras_drnet.models.pose_discriminator import build_pose_discriminator
from keras_drnet.training.drnet import DrNet
from keras_drnet.training.joint_pose_predictor import JointPosePredictor
from keras_drnet.training.mcnet import MCNet
from keras_drnet.training.pose_predictor import PosePredictor
from keras_drnet.training.rollout_refiner import RolloutRefiner
from keras_drnet.training.weight_average import WeightAverage

TINY = PRESETS["tiny"]()
NEGATIVE = (-1, np.nan, "1")


@pytest.fixture(scope="module")
def networks():
    return build_networks(TINY)


@pytest.fixture(scope="module")
def mcnet_networks():
    overrides = ["method=mcnet", "data.num_past=3", "mcnet.num_future=2"]
    return build_mcnet_networks(TINY.with_overrides(overrides))


def cases(**values):
    return pytest.mark.parametrize(
        ("key", "value"), [(key, one) for key, ones in values.items() for one in ones]
    )


@cases(
    similarity_weight=NEGATIVE,
    steadiness_weight=NEGATIVE,
    decorrelation_weight=NEGATIVE,
)
def test_drnet(networks, key, value):
    with pytest.raises(InputError, match=f"{key} is .*expected a"):
        DrNet(networks, **{key: value})


@cases(num_past=(0, -1, 2.5), pose_noise=NEGATIVE)
def test_pose_predictor(networks, key, value):
    parts = networks.content_encoder, networks.pose_encoder, networks.pose_lstm
    with pytest.raises(InputError, match=f"{key} is .*expected a"):
        PosePredictor(*parts, **{"num_past": 3} | {key: value})


@cases(num_targets=(0, 1.0), anchor_weight=NEGATIVE, frame_weight=NEGATIVE)
def test_joint_pose_predictor(networks, key, value):
    parts = networks.content_encoder, networks.pose_encoder, networks.pose_lstm
    with pytest.raises(InputError, match=f"{key} is .*expected a"):
        JointPosePredictor(*parts, networks.decoder, num_past=3, **{key: value})


@cases(rollout_length=(1, -5, 9.0), adversarial_weight=NEGATIVE)
def test_rollout_refiner(networks, key, value):
    parts = networks.content_encoder, networks.pose_encoder, networks.pose_lstm
    discriminator = build_pose_discriminator(4)
    with pytest.raises(InputError, match=f"{key} is .*expected a"):
        RolloutRefiner(*parts, discriminator, num_past=3, **{key: value})


@cases(num_future=(0, -1), image_weight=NEGATIVE, adversarial_weight=NEGATIVE)
def test_mcnet(mcnet_networks, key, value):
    given = {"num_past": 3, "num_future": 2} | {key: value}
    with pytest.raises(InputError, match=f"{key} is .*expected a"):
        MCNet(mcnet_networks, **given)


@pytest.mark.parametrize("momentum", [-0.1, 1, np.nan, "0.9"])
def test_weight_average(networks, momentum):
    with pytest.raises(InputError, match="momentum is .*expected a"):
        WeightAverage([networks.decoder], momentum)


@pytest.mark.parametrize("sizes", [(0,), (-1,), (2.5,), (4, 0)])
def test_pose_discriminator(sizes):
    with pytest.raises(InputError, match="(pose_dim|num_units) is .*expected a"):
        build_pose_discriminator(*sizes)


@cases(first_batch=(-1, 1.5), num_batches=(-1, "2"))
def test_batches(key, value):
    with pytest.raises(InputError, match=f"{key} is .*expected a"):
        load_dataset(TINY, "train", **{key: value})


def test_splits():
    for load in (load_dataset, load_source):
        with pytest.raises(InputError, match="Unknown split 'val'; expected one of"):
            load(TINY, "val")
