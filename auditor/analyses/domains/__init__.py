"""The analysis 'domains'."""
