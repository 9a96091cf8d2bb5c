"""Overlap taken away on purpose, and what becomes of affinity."""
