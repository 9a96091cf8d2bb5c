"""Several audits as one web site: an index, the reports, a badge for each."""
