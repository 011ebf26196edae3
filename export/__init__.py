"""From a run folder to a bundle that runs anywhere: servers, phones, boards.

Modules, in the order of their imports:

- `signatures`, `metadata`: what each function takes and gives, beside and inside files.
- `on_device`: runs a `.tflite` file with NumPy and a TFLite runtime alone.
- `split_decoder`, `split_pose_lstm`, `step_graph`: the inference graph, in which
  whatever depends on content alone is computed once.
- `child`, `flatbuffer`, `quantize`: conversion in a process of its own, its result
  read back, and the ladder of quantization with its gates.
- `to_saved_model`, `to_tflite`, `to_onnx`: the three formats.
- `parity`, `measure`, `model_card`: compares what was written with Keras, and tells.
- `bundle`: all of it in one folder, or nothing.
- `main`, `benchmark`, `serving_client`: the programs. `serving`: for TF Serving.
"""

import os

# Hides TensorFlow's start-up notices; has to be set before it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
