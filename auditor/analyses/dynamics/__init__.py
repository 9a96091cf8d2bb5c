"""The analysis 'dynamics'."""
