"""From which layer on a backward pass goes wrong."""

from __future__ import annotations

import re
from itertools import groupby

from gradproof._diagnosis._evidence import Diagnosis, Evidence
from gradproof._nesting import Leaf

_NUMBER = re.compile(r"\d+")
_FEWEST_WRONG = 2


def layers(evidence: Evidence) -> Diagnosis | None:
    """Return the layer from which on all earlier ones are wrong throughout and all later ones right."""
    ordered = _by_layer(evidence.arguments.leaves)
    wrong = [number for number, leaves in ordered if all(_throughout(evidence, leaf) for leaf in leaves)]
    right = [number for number, leaves in ordered if not any(_anywhere(evidence, leaf) for leaf in leaves)]
    if len(wrong) < _FEWEST_WRONG or not right or len(wrong) + len(right) < len(ordered):
        return None
    if max(wrong) > min(right):
        return None
    last = max(wrong)
    later = f"layer {right[0]}" if len(right) == 1 else f"layers {min(right)} to {max(right)}"
    text = f"right at {later}, wrong from layer {last} down: look at what layer {min(right)} passes back"
    return Diagnosis("backward pass", text)


def _by_layer(leaves: tuple[Leaf, ...]) -> list[tuple[int, list[Leaf]]]:
    """Return the leaves by the first number in their paths that is not the same in all; none where one has none."""
    numbers = [[int(number) for number in _NUMBER.findall(leaf.path)] for leaf in leaves]
    for position in range(min(map(len, numbers), default=0)):
        column = [row[position] for row in numbers]
        if len(set(column)) > 1:
            pairs = sorted(zip(column, leaves, strict=True), key=lambda pair: pair[0])
            return [(n, [leaf for _, leaf in group]) for n, group in groupby(pairs, key=lambda pair: pair[0])]
    return []


def _anywhere(evidence: Evidence, leaf: Leaf) -> bool:
    return bool(evidence.wrong[leaf.start : leaf.stop].any())


def _throughout(evidence: Evidence, leaf: Leaf) -> bool:
    """Tell whether most entries of a leaf that were looked at are wrong; dead units leave some right."""
    known = evidence.known[leaf.start : leaf.stop]
    return bool(2 * evidence.wrong[leaf.start : leaf.stop].sum() > known.sum())
