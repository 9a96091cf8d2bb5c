"""The analysis 'architectures'."""
