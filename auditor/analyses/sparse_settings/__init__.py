"""The analysis 'sparse-settings'."""
