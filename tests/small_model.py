"""The contract of a model that is small enough to be made in a test."""

CONTRACT = {
    "classes": ["real", "fake"], "input_size": 48, "channels": "RGB", "scaling": "unit",
    "backbone": "Meso4", "threshold": 0.4,
    "frames": {"fps": 2.0, "count": None, "max_size": None, "quality": 95, "min_decoded": 0.9},
    "detect": {"detector": "opencv", "min_face": 0.1, "device": "cpu", "fidelity": False},
    "crop": {
        "place": "box", "scale": 1.3, "size": 48, "faces": "largest", "align": False,
        "quality": 95, "min_confidence": 0.9, "min_track": 1, "smooth_s": 0.0,
    },
}  # fmt: skip
