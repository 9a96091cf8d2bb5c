"""The packages that `plugins new` writes."""
