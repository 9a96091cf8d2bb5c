"""The analysis 'duplicate-tasks'."""
