"""What all pages share: how they are filled, how numbers are written, how they look."""
