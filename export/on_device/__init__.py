"""Video prediction with a `.tflite` file, NumPy and a TFLite runtime alone.

A board needs `on_device/*.py`, `metadata.py` and `signatures.py` of the folder
`export`, in a folder of any name, and `pip install numpy ai-edge-litert`:

    from export.on_device import VideoPredictor

A file from a stranger may crash the runtime: `trial.try_model` runs it in a process of
its own first.

The command line, `python -m export.on_device`, also reads and writes video files, for
which it needs the packages of `requirements.txt`.
"""

from .predictor import VideoPredictor
from .runtimes import RUNTIMES, DeviceError, load_runtime

__all__ = ["RUNTIMES", "DeviceError", "VideoPredictor", "load_runtime"]
