"""Trains the models of stages for a few steps under a strategy; writes their weights.

Run as a process of its own: a strategy is made before anything else, and its devices
cannot be changed afterwards. With --devices the CPU counts as several.
"""

import argparse
import json
import pathlib

import keras
import numpy as np
import tensorflow as tf

from keras_drnet.config.presets import PRESETS
from keras_drnet.config.presets.baselines import mcnet
from keras_drnet.data.load import load_dataset
from keras_drnet.models import layers
from keras_drnet.models.networks import build_networks
from keras_drnet.training import distribution
from keras_drnet.training.stages import STAGES
from tests.support.networks import PARTS

NUM_STEPS = 6
# What is not a mean over examples by itself: batch norm, pairs, quotients, clipping.
OVERRIDES = [
    *PARTS,
    "model.pose_dim=8",
    "model.standardize_pairs=true",
    "drnet.steadiness_weight=0.1",
    "drnet.decorrelation_weight=0.1",
    "drnet.adversarial_weight=0.1",
    "joint.epochs=1",
    "joint.frame_weight=0.1",
    "joint.batch_size=4",
    "pose.pose_noise=0.1",
    "rollout.epochs=1",
    "rollout.rollout_length=9",
    "rollout.batch_size=4",
    "mcnet.batch_size=4",
]


def sgd():
    return keras.optimizers.SGD(0.05, global_clipnorm=0.1)


def train(stage, strategy):
    """Returns the weights by number and name, and the means of the epoch."""
    config = PRESETS["tiny"]()
    if stage == "mcnet":
        config = mcnet(config)
    config = config.with_overrides(OVERRIDES)
    with strategy.scope():
        keras.utils.set_random_seed(0)
        networks = build_networks(config, dtype="float32")
        model = STAGES[stage].build_model(config, networks, "float32")
        optimizers = {name: sgd() for name in model.optimizers}
        model.compile(**optimizers)
        share = distribution.worker()
    before = model.get_weights()
    batches = load_dataset(config, "train", stage, share=share)
    history = model.fit(batches, epochs=1, steps_per_epoch=NUM_STEPS, verbose=0)
    assert any(np.any(a != b) for a, b in zip(before, model.get_weights(), strict=True))
    weights = {
        f"{i:03d} {weight.path}": keras.ops.convert_to_numpy(weight)
        for i, weight in enumerate(model.weights)
    }
    return weights, {name: means[-1] for name, means in history.history.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("--stages", nargs="+")
    parser.add_argument("--strategy", default="none")
    parser.add_argument("--devices", type=int, default=1)
    args = parser.parse_args()
    (cpu,) = tf.config.list_physical_devices("CPU")
    devices = [tf.config.LogicalDeviceConfiguration()] * args.devices
    tf.config.set_logical_device_configuration(cpu, devices)
    strategy = distribution.make_strategy(args.strategy)
    tf.config.experimental.enable_op_determinism()
    # Several replicas take Keras' own operations, and the faster ones round otherwise.
    layers.kernels = None
    for stage in args.stages:
        weights, means = train(stage, strategy)
        np.savez(args.output / f"{stage}.npz", **weights)
        (args.output / f"{stage}.json").write_text(json.dumps(means))


if __name__ == "__main__":
    main()
