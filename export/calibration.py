"""Typical inputs of the functions, which calibrate quantization."""

import numpy as np
import tensorflow as tf

from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames

NUM_CLIPS, NUM_STEPS = 12, 12  # Training clips, and steps predicted after each.


def calibration_samples(prepared):
    """Run every function on training clips, and record its inputs.

    Args:
        prepared: a `prepare.Prepared`.

    Returns:
        A dict of function to dict of input to array `[N, 1, ...]`.
    """
    config, graph = prepared.config, prepared.graph
    clips = clip_frames(load_source(config, "train"), 0, NUM_CLIPS)
    recorded = {}

    def call(function, inputs):
        for name, value in inputs.items():
            recorded.setdefault(function, {}).setdefault(name, []).append(value)
        return prepared.functions[function](**inputs)

    for clip in tf.constant(clips):
        past = clip[None, : config.data.num_past]
        encoded = call("encode_content", {"frame": past[:, -1]})
        pose = call("encode_pose", {"frame": past[:, -1]})
        call("decode", encoded | pose)
        tensors = call("prime", {"past": past})
        state = {name: tensors[name] for name in graph.state_names}
        call("predict_pose", {"content": encoded["content"]} | state)
        for _ in range(NUM_STEPS):
            outputs = call("step", tensors)
            tensors |= {name: outputs[name] for name in graph.state_names}
    return {
        function: {name: np.stack(values) for name, values in inputs.items()}
        for function, inputs in recorded.items()
    }
