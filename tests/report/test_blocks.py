"""Blocks and their JSON."""

from __future__ import annotations

import json

import pytest

from auditor.document.blocks import Report, from_json, to_json


def test_every_block_survives_json(sample: Report) -> None:
    blocks = [block for section in sample.sections for block in section.blocks]
    kinds = {block.type for block in blocks}
    assert kinds == {"text", "key-values", "table", "matrix", "chart", "tree", "molecules"}
    for block in blocks:
        assert from_json(json.loads(json.dumps(to_json(block)))) == block


def test_an_unknown_block_is_refused() -> None:
    with pytest.raises(ValueError, match="raw-html"):
        from_json({"type": "raw-html", "html": "<b>"})
