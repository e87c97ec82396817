"""The plots of a result: a picture for people and a table for ``dvc plots``, each."""

PLOTS = ("roc", "precision_recall", "confusion", "score_histogram", "calibration", "training")
"""Names of the plots; each is ``<name>.png`` and ``<name>.csv``. A light import for the rules."""
