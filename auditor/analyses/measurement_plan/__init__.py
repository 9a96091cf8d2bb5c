"""The analysis 'measurement-plan'."""
