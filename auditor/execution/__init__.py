"""Many independent trainings: in this process, in local ones, or on a cluster."""
