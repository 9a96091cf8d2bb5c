"""What a task gains from others, in closed form: a Gaussian process over chemical similarity."""
