"""Affinity from chemistry alone: similar compounds in place of shared ones."""
