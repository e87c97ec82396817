"""The dataset: folders of crops, their table, and what is left out."""
