"""Starter packages for plugin authors: written by `mtl-audit plugins new`, tested as they are."""
