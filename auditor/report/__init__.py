"""Reports: one JSON document, and renderings of it."""
