"""The built-in analyses, one file each."""
