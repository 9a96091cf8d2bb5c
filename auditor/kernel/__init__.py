"""Sums over pairs of similar compounds, their errors and refusals."""
