"""The claims of a paper held against audits: plans, one resumable run, verdicts, one report."""
