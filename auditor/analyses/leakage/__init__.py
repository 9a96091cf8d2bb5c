"""The analysis 'leakage'."""
