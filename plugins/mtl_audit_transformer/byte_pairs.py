"""The tokens of a trained RoBERTa: byte pair encoding by a table of merges.

SMILES are ASCII without blanks, of which each character is its own byte; of such texts the pieces and
merges are those of the published tokenizer.

Reference: Sennrich et al. 2016, arXiv 1508.07909; Radford et al. 2019 (GPT-2), for the pieces.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

_PIECES = re.compile("[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+")


@dataclass(frozen=True)
class BytePairs:
    """A vocabulary and the merges that lead to it.

    Parameters
    ----------
    vocabulary
        Code of each token.
    ranks
        Place of each merge; the lowest is done first.
    start, end, unknown, pad
        Codes.
    """

    vocabulary: Mapping[str, int]
    ranks: Mapping[tuple[str, str], int]
    start: int
    end: int
    unknown: int
    pad: int

    def codes_of(self, text: str) -> list[int]:
        """Return the codes of a text, without those of start and end."""
        tokens = (token for piece in _PIECES.findall(text) for token in self._merged(piece))
        return [self.vocabulary.get(token, self.unknown) for token in tokens]

    def _merged(self, piece: str) -> list[str]:
        tokens = list(piece)
        while len(tokens) > 1:
            ranked = [self.ranks.get(pair, len(self.ranks)) for pair in itertools.pairwise(tokens)]
            best = min(ranked)
            if best == len(self.ranks):
                break
            tokens = _merge(tokens, [rank == best for rank in ranked])
        return tokens


def _merge(tokens: list[str], together: list[bool]) -> list[str]:
    """Return the tokens with those joined that shall be, from the left; each takes part once."""
    merged: list[str] = []
    place = 0
    while place < len(tokens):
        joined = place < len(together) and together[place]
        merged.append(tokens[place] + tokens[place + 1] if joined else tokens[place])
        place += 2 if joined else 1
    return merged
