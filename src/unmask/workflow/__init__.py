"""The rerun machinery: what each result is made of, and what follows from it."""
