"""Readers: from a dataset's folder, as its authors laid it out, to a list of labeled videos."""
