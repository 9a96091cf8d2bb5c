"""The terminal and Markdown."""
