"""SavedModel, TFLite and ONNX: conversions, each in a process of its own."""
