"""Trains the model of a stage for a few steps on the backend of KERAS_BACKEND.

The first process to use a folder writes the weights to start from and the batches;
another starts from the same.
"""

import argparse
import itertools
import json
import pathlib

import keras
import numpy as np

from keras_drnet.config.presets import PRESETS
from keras_drnet.training.drnet import DrNet
from keras_drnet.training.pose_predictor import PosePredictor
from tests.support.networks import lively_networks

NUM_BATCHES = 20
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.1),
    "adam": lambda: keras.optimizers.Adam(2e-3, beta_1=0.5),
}


def make_model(stage, config, optimizer):
    networks = lively_networks(config)
    if stage == "drnet":
        model = DrNet(networks, adversarial_weight=0.01)
        model.compile(optimizer(), optimizer())
        return model
    model = PosePredictor(
        networks.content_encoder,
        networks.pose_encoder,
        networks.pose_lstm,
        num_past=config.data.num_past,
        free_running=True,
    )
    model.compile(optimizer())
    return model


def write_start(folder, stage, config, weights):
    """Writes weights and batches, which TensorFlow makes."""
    from keras_drnet.data.load import load_dataset

    batches = list(load_dataset(config, "train", stage).take(NUM_BATCHES))
    arrays = {n: np.stack([batch[n] for batch in batches]) for n in batches[0]}
    np.savez(folder / f"{stage}_batches.npz", **arrays)
    write_weights(folder / f"{stage}_weights.npz", weights)


def write_weights(path, weights):
    np.savez(path, **{f"{i:03d}": array for i, array in enumerate(weights)})


def read(path):
    with np.load(path) as arrays:
        return dict(arrays)


def endless(batches):
    """Keras takes a generator of tuples, but no other iterator."""
    for batch in itertools.cycle(batches):
        yield (batch,)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--stage", choices=["drnet", "pose"], required=True)
    parser.add_argument("--optimizer", choices=OPTIMIZERS, default="sgd")
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--nudge", type=float, default=0.0)
    args = parser.parse_args()
    config, stage = PRESETS["tiny"](), args.stage
    keras.utils.set_random_seed(0)
    model = make_model(stage, config, OPTIMIZERS[args.optimizer])
    start = args.folder / f"{stage}_weights.npz"
    if not start.exists():
        write_start(args.folder, stage, config, model.get_weights())
    rng = np.random.default_rng(0)
    model.set_weights(
        [w * (1 + args.nudge * rng.normal(size=w.shape)) for w in read(start).values()]
    )
    batches = read(args.folder / f"{stage}_batches.npz")
    batches = [{n: a[i] for n, a in batches.items()} for i in range(NUM_BATCHES)]
    history = model.fit(
        endless(batches), epochs=args.steps, steps_per_epoch=1, verbose=0
    )
    model.evaluate(endless(batches), steps=2, verbose=0)
    output = args.folder / f"{stage}_{keras.backend.backend()}"
    output.with_suffix(".json").write_text(json.dumps(history.history))
    write_weights(output.with_suffix(".npz"), model.get_weights())


if __name__ == "__main__":
    main()
