"""Compounds x tasks: joining, replicates, labels, every reject."""
