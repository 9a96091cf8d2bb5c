"""The analysis 'pair-views'."""
