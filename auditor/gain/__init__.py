"""Gains of task groups: what was measured, and what is predicted for groups that were not trained."""
