"""Clusters of tasks and how they match what is known of the tasks."""
