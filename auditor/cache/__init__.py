"""What is kept on disk: atomic, checksummed, locked, keyed."""
