"""Affinities from the gradients that a training logged."""
