"""Gains that were measured: every group trained beside its tasks alone."""
