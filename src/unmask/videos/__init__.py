"""Videos: what there is, which group is on which side of the split."""
