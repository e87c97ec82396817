"""Detections: every face in the sampled frames."""
