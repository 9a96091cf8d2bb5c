"""Per-sample gradients of a trained network, and what follows from them."""
