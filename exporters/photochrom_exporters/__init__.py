"""photochrom's own checkpoints made into verified, self-describing ONNX files."""
