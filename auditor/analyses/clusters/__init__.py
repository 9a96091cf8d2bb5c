"""The analysis 'clusters'."""
