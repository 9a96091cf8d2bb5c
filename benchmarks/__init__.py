"""Speed and accuracy, measured as ratios and medians within one run: `make bench`."""
