"""The calls for Python, and what they return."""
