"""What bears on the agreement of an affinity with E: noise, controls, seeds, unseen compounds."""
