"""Blocks, their JSON, the schema, strict parsing: the form of the product, with no audit in it."""
