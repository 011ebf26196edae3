"""Comparison of exported models with the Keras networks they come from."""

import numpy as np
import tensorflow as tf

from keras_drnet.errors import import_extra
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.models.encode import encode_content

from .formats.to_onnx import output_name

GOLDEN_FRAMES = 20  # Frames of the roll-out that a bundle keeps.
TOLERANCE = 1e-4  # Relative to the tensor's greatest value where that is above 1.


def golden(networks, graph, functions, past):
    """Compute inputs and outputs of every function for one clip, with Keras.

    Only those of `prime` and `step`, which have no counterpart in Keras, come from the
    step graph; the roll-out, which consists of them, is again that of Keras.

    Args:
        networks: the `Networks`.
        graph: their `StepGraph`.
        functions: its functions, as traced.
        past: observed frames `[1, T, H, W, C]`.

    Returns:
        A dict of `<function>/inputs/<name>` and `<function>/outputs/<name>` to
        arrays. `roll_out` has the input `past` and the output `future`,
        `[1, 20, H, W, C]`.
    """
    frame, first = past[:, -1], past[:, 0]
    content, skips = encode_content(networks.content_encoder, frame)
    pose = networks.pose_encoder(first, training=False)
    encoded = {"content": content} | {f"skip{i + 1}": s for i, s in enumerate(skips)}
    primed = functions["prime"](past=tf.constant(past))
    state = {name: primed[name] for name in graph.state_names}
    pose_before, *layers = (state[name] for name in graph.state_names)
    layers = tf.nest.pack_sequence_as(networks.pose_lstm.input[2], layers)
    values = tf.nest.flatten(
        networks.pose_lstm((pose_before, content, layers), training=False)
    )
    examples = {
        "encode_content": ({"frame": frame}, encoded),
        "encode_pose": ({"frame": first}, {"pose": pose}),
        "decode": (
            encoded | {"pose": pose},
            {"frame": networks.decoder(((content, skips), pose), training=False)},
        ),
        "predict_pose": (
            {"content": content} | state,
            dict(zip(graph.state_names, values, strict=True)),
        ),
        "prime": ({"past": past}, primed),
        "step": (primed, functions["step"](**primed)),
        "roll_out": (
            {"past": past},
            {"future": VideoPredictor(networks).predict(past, GOLDEN_FRAMES)},
        ),
    }
    arrays = {}
    for function, (inputs, outputs) in examples.items():
        for side, tensors in (("inputs", inputs), ("outputs", outputs)):
            for name, value in tensors.items():
                arrays[f"{function}/{side}/{name}"] = np.asarray(value)
    return arrays


def part(arrays, function, side):
    """Return the `"inputs"` or `"outputs"` of a function by name."""
    prefix = f"{function}/{side}/"
    return {
        key.removeprefix(prefix): value
        for key, value in arrays.items()
        if key.startswith(prefix)
    }


def greatest_difference(call, arrays):
    """Run every function on its golden inputs.

    Args:
        call: function of a name and a dict of inputs that returns a dict of outputs.
        arrays: what `golden` returned.

    Returns:
        The greatest difference from the golden outputs, relative to a tensor's
        greatest value where that is above 1.
    """
    differences = []
    for function in {key.split("/")[0] for key in arrays} - {"roll_out"}:
        outputs = call(function, part(arrays, function, "inputs"))
        for name, expected in part(arrays, function, "outputs").items():
            scale = max(1.0, float(np.abs(expected).max()))
            differences.append(np.abs(outputs[name] - expected).max() / scale)
    return float(np.max(differences))  # NaN if any of them is.


def saved_model_call(path):
    """Return a `call` that runs a SavedModel."""
    signatures = tf.saved_model.load(str(path)).signatures

    def call(function, inputs):
        inputs = {key: tf.constant(value) for key, value in inputs.items()}
        outputs = signatures[function](**inputs)
        return {key: value.numpy() for key, value in outputs.items()}

    return call


def onnx_call(folder, num_threads=1):
    """Return a `call` that runs the ONNX files of a folder."""
    onnxruntime = import_extra("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    sessions = {}

    def call(function, inputs):
        if function not in sessions:
            sessions[function] = onnxruntime.InferenceSession(
                folder / f"{function}.onnx", options, ["CPUExecutionProvider"]
            )
        session = sessions[function]
        names = [output.name for output in session.get_outputs()]
        outputs = dict(zip(names, session.run(names, inputs), strict=True))
        back = {output_name(name, inputs): name for name in inputs}
        return {back.get(name, name): value for name, value in outputs.items()}

    return call


def tflite_call(path):
    """Return a `call` that runs a `.tflite` file."""
    interpreter = tf.lite.Interpreter(str(path))

    def call(function, inputs):
        return interpreter.get_signature_runner(function)(**inputs)

    return call
