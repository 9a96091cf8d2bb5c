"""Affinities from a trained network: its Fisher information, its linear refits."""
