"""Networks as lively as trained ones, without the training.

New networks draw the same gray for everything, and their batch norm does nothing:
what is wrong with an export would not show.
"""

import keras
import numpy as np

from keras_drnet.checkpoints.run_folder import RunFolder, stage_weights
from keras_drnet.models.networks import build_networks

# Overrides that make a configuration one of networks of parts.
PARTS = [f"model.{key}=parts" for key in ("content_encoder", "pose_encoder", "decoder")]
# As the quickstart has them.
CENTERED_PARTS = [*PARTS, "model.centered_parts=true", "model.lstm_per_part=true"]
# The same with all that such networks can have.
RICH_PARTS = [
    *CENTERED_PARTS,
    "model.pose_dim=8",
    "model.num_content_frames=2",
    "model.background=learned",
    "model.lstm_predicts_change=true",
    "model.lstm_reads_changes=2",
]
# Of layers, two parts in front of each clip's background.
LAYERED = [
    *(override.replace("=parts", "=layered") for override in PARTS),
    "model.patch_size=24",
    "model.pose_dim=8",
    "model.lstm_predicts_change=true",
    "model.lstm_reads_content=false",
    "model.lstm_reads_changes=3",
]


def lively_networks(config, *, seed=0, dtype="float32"):
    """Builds networks whose weights, statistics and range of poses are not new."""
    keras.utils.set_random_seed(seed)
    networks, rng = build_networks(config, dtype=dtype), np.random.default_rng(seed)
    for network in vars(networks).values():
        for weight in network.weights:
            values = keras.ops.convert_to_numpy(weight)
            if weight.path.endswith(("variance", "scale")):
                values = rng.uniform(0.5, 2.0, values.shape)
            elif weight.path.endswith(("mean", "center")):
                values = rng.normal(0.0, 0.2, values.shape)
            elif weight.path.endswith(("kernel", "bias")):
                # Keeps what goes through a layer at its size, and an LSTM from rest.
                fan_in = np.prod(values.shape) / values.shape[-1]
                gain = {1: 0.3, 2: 2.0, 4: 1.6}[values.ndim]
                values = rng.normal(0.0, gain / np.sqrt(fan_in), values.shape)
            if "linear_prediction" in weight.path:
                values *= 5e-3  # A roll-out must not grow without end.
            weight.assign(values)
    return networks


def save_run(path, config, networks):
    """Writes a run folder as if training had made it, and returns it."""
    run = RunFolder(path)
    run.create(config)
    for stage in run.stages():
        run.checkpoints(stage).save(1, stage_weights(networks, stage), {})
    return run
