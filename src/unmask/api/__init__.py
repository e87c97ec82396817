"""The face of unmask for Python: what ``import unmask`` offers.

Commands and these functions call the same code. TensorFlow is imported by what needs it, when it
is called.
"""

from unmask.api.detector import Detector, load
from unmask.api.evaluation import evaluate
from unmask.api.faces import FaceCrop, crop_faces, find_faces
from unmask.api.training import train

__all__ = ["Detector", "FaceCrop", "crop_faces", "evaluate", "find_faces", "load", "train"]
