"""Videos and images with the faces and their scores drawn in."""
