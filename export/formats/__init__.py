"""Conversion to SavedModel, TFLite and ONNX, and quantization."""
