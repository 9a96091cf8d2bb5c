"""The analysis 'threshold'."""
