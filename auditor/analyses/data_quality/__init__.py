"""The analysis 'data-quality'."""
