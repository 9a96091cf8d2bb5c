"""The order of a report, section by section."""
