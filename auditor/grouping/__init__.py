"""Grouping: which tasks to train together, given what each would gain in each group.

The objective is the mean over tasks of a task's gain in its group. A task may stay alone: it then
gains exactly 0. A group of which one member's gain is not estimable is no candidate.
"""
