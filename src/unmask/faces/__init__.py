"""Faces: which to keep, and the one way to a crop."""
