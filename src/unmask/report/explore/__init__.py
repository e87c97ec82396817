"""Pictures of the data: what the videos show, which faces were found, and what is cut out."""
