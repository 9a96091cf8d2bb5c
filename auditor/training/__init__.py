"""One training: encoder contract, heads, loop; its logs of gradients; trainings kept; groups of tasks."""
