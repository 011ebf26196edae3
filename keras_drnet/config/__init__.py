"""Configuration of a run: frozen dataclasses, overrides, precision and presets.

Import what a configuration is made of from here; `config.presets` has whole ones.
"""

from keras_drnet.config.schema import (
    METHODS,
    RECORDING_KEYS,
    Config,
    DataConfig,
    ModelConfig,
)
from keras_drnet.config.stages import (
    DrNetConfig,
    JointConfig,
    MCNetConfig,
    PoseConfig,
    RolloutConfig,
    TrainConfig,
)

__all__ = [
    "METHODS",
    "RECORDING_KEYS",
    "Config",
    "DataConfig",
    "DrNetConfig",
    "JointConfig",
    "MCNetConfig",
    "ModelConfig",
    "PoseConfig",
    "RolloutConfig",
    "TrainConfig",
]
