"""Many independent jobs: here, in processes that may die, on Dask."""
