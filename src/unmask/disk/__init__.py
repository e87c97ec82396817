"""What lies on the disk: files written whole, tables, what comes from outside, who wrote what."""
