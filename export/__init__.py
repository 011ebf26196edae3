"""From a run folder to a bundle that runs anywhere: servers, phones, boards.

Modules, in the order of their imports:

- `signatures`: what each function of a bundle takes and gives.
- `split_decoder`, `split_pose_lstm`, `step_graph`: the inference graph, in which
  whatever depends on content alone is computed once.
- `to_saved_model`, `to_tflite`, `to_onnx`: the three formats.
- `on_device`: runs a `.tflite` file with NumPy and a TFLite runtime alone.
- `parity`: compares what was written with Keras.
"""
