"""Training the classifier on the crops of a dataset."""
