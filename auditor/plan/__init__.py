"""Which compounds to measure next."""
