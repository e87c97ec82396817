"""MTCNN on ONNX Runtime."""
