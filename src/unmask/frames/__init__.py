"""Frames: sampling them from videos, reading media."""
