"""Cheng & Zhang 2026: every number that the paper prints, and the audits that answer it."""
