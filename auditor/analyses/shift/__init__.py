"""The analysis 'shift'."""
