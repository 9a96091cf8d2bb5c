"""Permutation tests, intervals and correlations over pairs that share tasks."""
