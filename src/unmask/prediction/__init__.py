"""Videos and images that are in no dataset: from file to verdict, with its reasons."""
