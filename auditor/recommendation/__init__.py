"""Which groups of tasks to train next, and what the trained ones argue for."""
