"""What a training logs of its tasks: gradients, exact or sketched, errors, steps ahead."""
