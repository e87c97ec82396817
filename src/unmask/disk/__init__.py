"""What lies on the disk: files written whole, tables, records, what comes from outside."""
