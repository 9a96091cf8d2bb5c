"""Examples that are no molecules: how they are told apart, and what a document calls them."""

from __future__ import annotations

BY_KEY = "key"
BY_ROW = "row"
MEANS = {
    BY_KEY: "the text of the key column",
    BY_ROW: "the number of the row: every row is an example of its own",
}
"""The identities of examples that have features, and what each of them means."""
