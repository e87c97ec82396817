"""unmask: from a folder of face videos to an honestly evaluated deepfake detector."""

__version__ = "0.1.0"
