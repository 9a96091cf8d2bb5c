"""What differs between the documents of several audits."""
