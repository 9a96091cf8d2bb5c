"""The verdict per pair and overall; the largest reliable subset."""
