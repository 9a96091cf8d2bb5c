"""Rows as published: contract, fetching, files, one's own table, our cache of what a source gave."""
