"""Trainings of groups of tasks: what one is, and running it as a job."""
