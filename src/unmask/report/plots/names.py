"""The plots of a result: a picture for people and a table for ``dvc plots``, each."""

TITLES = {
    "roc": "ROC",
    "precision_recall": "Precision and recall",
    "confusion": "Confusion",
    "score_histogram": "Scores",
    "calibration": "Calibration",
    "training": "Training",
}
PLOTS = tuple(TITLES)
"""Names of the plots; each is ``<name>.png`` and ``<name>.csv``. A light import for the rules."""

TABLES = ("roc_frames", "roc_band")
"""Tables that the report needs beside those: ROC of frames, the interval of that of videos."""
