"""The baseline that the step graph is timed against: a direct export.

The networks stay whole, as they were trained, with transposed convolutions; every step
reads content and skips again. Weights are random: they do not change the time.

As a program:

    python -m export.graph.plain_graph <config.json> <output>
"""

import pathlib
import sys
import tempfile

import tensorflow as tf

from keras_drnet.config.schema import Config
from keras_drnet.models import pose_rollout
from keras_drnet.models.networks import build_networks, own_weights


def plain_functions(networks, num_past):
    """Return `prime` and `step` of batch 1 as concrete functions.

    `prime` returns content, skips, pose and the LSTM's state for `past`
    `[1, T, H, W, C]`; `step` takes them all and returns a frame, pose and state.
    """
    frame = networks.pose_encoder.input.shape[1:]

    def prime(past):
        (content, skips), pose, state = pose_rollout.prime(networks, past)
        skips = {f"skip{i}": skip for i, skip in enumerate(skips)}
        return skips | {"content": content, **_named(pose, state)}

    def step(content, pose, **others):
        skips = tuple(v for k, v in sorted(others.items()) if k.startswith("skip"))
        layers = [v for k, v in sorted(others.items()) if k.startswith("state")]
        state = tf.nest.pack_sequence_as(networks.pose_lstm.input[2], layers)
        frame = networks.decoder(((content, skips), pose), training=False)
        pose, state = networks.pose_lstm((pose, content, state), training=False)
        return {"frame": frame, **_named(pose, state)}

    prime = tf.function(prime, autograph=False).get_concrete_function(
        past=tf.TensorSpec((1, num_past, *frame), name="past")
    )
    inputs = {
        name: tf.TensorSpec((1, *value.shape[1:]), name=name)
        for name, value in prime.structured_outputs.items()
    }
    step = tf.function(step, autograph=False).get_concrete_function(**inputs)
    return {"prime": prime, "step": step}


def _named(pose, state):
    values = [value for layer in state for value in layer]
    return {"pose": pose} | {f"state{i:02d}": v for i, v in enumerate(values)}


def _convert(config_path, output):
    config = Config.from_json(pathlib.Path(config_path).read_text())
    networks = build_networks(config)
    module = tf.Module()
    module.weights = [
        variable.value
        for name in vars(networks)
        for variable in own_weights(networks, name)
    ]
    functions = plain_functions(networks, config.data.num_past)
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(module, folder, signatures=functions)
        converter = tf.lite.TFLiteConverter.from_saved_model(
            folder, signature_keys=list(functions)
        )
        pathlib.Path(output).write_bytes(converter.convert())


if __name__ == "__main__":
    _convert(*sys.argv[1:])
