"""DrNet in Keras: video split into content (what stays) and pose (what moves).

Shapes are written with these letters everywhere: `B` clips in a batch, `T` frames of
a clip, `H`, `W`, `C` height, width and channels of a frame, `Dc` length of a content
code, `Dp` length of a pose code. Video is `[B, T, H, W, C]`, float32 in [0, 1].

The names below are loaded when they are first used: networks and losses run on any
Keras backend, data and training need TensorFlow.
"""

import importlib
import os

# Hides TensorFlow's start-up notices; has to be set before it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

_MODULES = {
    "Config": "config.schema",
    "PRESETS": "config.presets",
    "DrNet": "training.drnet",
    "InputError": "errors",
    "JointPosePredictor": "training.joint_pose_predictor",
    "PosePredictor": "training.pose_predictor",
    "Predictor": "inference.predictor",
    "RolloutRefiner": "training.rollout_refiner",
    "RunFolder": "checkpoints.run_folder",
    "SampleGrid": "training.callbacks",
    "StopAtNaN": "training.callbacks",
    "VideoPredictor": "inference.video_predictor",
    "WeightAverage": "training.weight_average",
    "build_networks": "models.networks",
    "build_pose_discriminator": "models.pose_discriminator",
    "load": "inference.load",
    "load_dataset": "data.load",
    "load_source": "data.load",
}

# Names of release 0.1.0 that still work.
_RENAMED = {"PoseRefiner": "RolloutRefiner"}

__all__ = sorted(_MODULES)
__version__ = "0.1.0"


def __dir__():
    return sorted({*globals(), *__all__})


def __getattr__(name):
    name = _RENAMED.get(name, name)
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    return getattr(module, name)
