"""The plans that come with the core: a paper each."""
