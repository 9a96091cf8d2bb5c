"""The analysis 'agreement'."""
