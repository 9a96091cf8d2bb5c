"""Fetching: a name and a checksum, a form, a download that goes on where it broke."""
