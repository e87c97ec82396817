"""The report: one page that opens from disk, without network and without scripts."""
