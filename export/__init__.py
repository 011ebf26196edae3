"""Export of a run to a bundle that runs on servers, phones and boards.

Modules, in the order of their imports:

- `signatures`, `metadata`: inputs and outputs of the functions; the same inside files.
- `on_device`: runs a `.tflite` file with NumPy and a TFLite runtime alone.
- `serving`: warm-up requests and a client for TF Serving.
- `graph`: the inference graph, which computes what depends on content alone only once.
- `formats`: conversion to SavedModel, TFLite and ONNX, and quantization.
- `parity`, `measure`, `calibration`: comparison with Keras, speed, typical inputs.
- `prepare`, `writers`, `model_card`, `layout`, `bundle`: a whole bundle, or none.
- `main`, `benchmark` (and its `benchmark_table`), `serving_client`: the programs.
"""

import os

# Hides TensorFlow's start-up notices; has to be set before it is imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
