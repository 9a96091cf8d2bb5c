"""The analysis 'benefit'."""
