"""Groupings of tasks by their gains, searched and proved."""
