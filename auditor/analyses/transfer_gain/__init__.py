"""The analysis 'transfer-gain'."""
