"""Faults injected into real commands, and what was lost: killed processes, full disks, damaged files.

`python -m benchmarks.faults kill 200`; without a name, every fault is injected.
"""
