"""Gains that are predicted from those measured."""
