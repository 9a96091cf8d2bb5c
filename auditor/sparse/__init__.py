"""What to do where tasks share few compounds: the paper's proposals, built and measured."""
