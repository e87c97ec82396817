"""The plots of a result: a picture for people and a table for ``dvc plots``, each."""
