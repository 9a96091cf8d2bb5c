"""The analysis 'recommendation'."""
