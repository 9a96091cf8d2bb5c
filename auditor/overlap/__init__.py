"""Shared compounds, and E: what the labels alone say."""
