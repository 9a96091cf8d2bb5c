"""The host of plugins: hooks, components by kind, registry, isolation, typed options."""
