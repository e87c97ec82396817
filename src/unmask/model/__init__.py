"""The classifier: backbones, heads, scaling, augmentation, and the file it is kept in."""
