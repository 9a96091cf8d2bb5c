"""The analysis 'controls'."""
