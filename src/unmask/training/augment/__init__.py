"""Random changes to training crops: what camera, codec and counterfeiter do to faces."""
