"""A web page on this machine: drop a video, see what the model makes of it."""
