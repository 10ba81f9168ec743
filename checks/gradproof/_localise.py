"""Which entries are wrong, when a direction through all of them says that some are: bisection over masks.

The residual of a half that was not evaluated is that of the whole minus that of the other half, so that one wrong
entry among n costs log2(n) evaluations. Errors that cancelled along one direction are found along another, once those
that hid them are put right.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gradproof._directions import Directions, Part, Slopes
from gradproof._nesting import Vector

# So many entries of a leaf are looked at before it is bisected; of these so many wrong make it wrong at large.
_SAMPLE = 20
_AT_LARGE = 3
# Parts of this size are looked at entry by entry.
_SMALL = 4
# A part whose residual is known by subtraction this vaguely is evaluated by itself.
_BLURRED = 4.0
# Wrong entries after which no more are looked for.
ENOUGH = 200


class Sample(NamedTuple):
    """How many of the entries of one leaf that were looked at are wrong."""

    leaf: int
    wrong: int
    seen: int


@dataclass
class Located:
    """What is wrong, by place.

    Attributes
    ----------
    positions, numeric, bound, kind
        Entries that were looked at, with their numerical derivatives: wrong ones, and in `at_large` right ones too.
    at_large : list of Sample
        Leaves of which too many entries are wrong to name each.
    diffuse : list of Part
        Parts that are wrong as a whole, though no half of them stands out.
    """

    positions: list[int] = field(default_factory=list)
    numeric: list[float] = field(default_factory=list)
    bound: list[float] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    at_large: list[Sample] = field(default_factory=list)
    diffuse: list[Part] = field(default_factory=list)

    @property
    def full(self) -> bool:
        """True where so many entries are wrong that naming more would help nobody."""
        return len(self.positions) >= ENOUGH


class Search:
    """A search for the wrong entries behind the residual of one direction after the other."""

    def __init__(self, slopes: Slopes, directions: Directions, random: np.random.Generator) -> None:
        self.found = Located()
        self._slopes = slopes
        self._directions = directions
        self._random = random
        self._sampled: set[int] = set()

    def along(self, number: int, part: Part) -> None:
        """Find what is wrong in a part, as far as direction `number` shows it."""
        direction = self._directions.vector(number)
        whole = self._slopes.residual(direction, part)
        pending = [(part, whole.value, whole.bound)]
        while pending and not self.found.full:
            part, residual, bound = pending.pop()
            if abs(residual) > bound and not self._settled(part):
                pending += self._halved(direction, part, residual, bound)

    def _settled(self, part: Part) -> bool:
        """Look at the entries of a small part, or at some of a leaf that is met first; True where that was enough."""
        if len(part) > 1:
            return False
        piece, leaf = part[0], self._slopes.leaf_of(part[0].start)
        if piece.stop - piece.start <= _SMALL:
            self._look_at(np.arange(piece.start, piece.stop))
            return True
        if leaf in self._sampled:
            return leaf in {sample.leaf for sample in self.found.at_large}
        self._sampled.add(leaf)
        count = min(_SAMPLE, piece.stop - piece.start)
        chosen = piece.start + np.sort(self._random.choice(piece.stop - piece.start, count, replace=False))
        wrong = self._look_at(chosen, keep=_AT_LARGE)
        if wrong >= _AT_LARGE and count < piece.stop - piece.start:
            self.found.at_large.append(Sample(leaf, wrong, count))
        return wrong >= _AT_LARGE or count == piece.stop - piece.start

    def _look_at(self, positions: NDArray[np.intp], keep: int = 0) -> int:
        """Put the wrong entries among some on record, or all of them where at least `keep` are wrong; count them."""
        positions = np.setdiff1d(positions, self.found.positions)
        if not positions.size:
            return 0
        seen = self._slopes.entries(positions)
        wrong = np.abs(self._slopes.claimed[positions] - seen.value) > seen.bound
        count = int(np.count_nonzero(wrong))
        chosen = np.ones_like(wrong) if keep and count >= keep else wrong
        self.found.positions += positions[chosen].tolist()
        self.found.numeric += seen.value[chosen].tolist()
        self.found.bound += seen.bound[chosen].tolist()
        self.found.kind += seen.kind[chosen].tolist()
        for i in np.flatnonzero(wrong):
            self._slopes.correct(int(positions[i]), float(seen.value[i]), float(seen.bound[i]))
        return count

    def _halved(
        self, direction: Vector, part: Part, residual: float, bound: float
    ) -> list[tuple[Part, float, float]]:
        """Return the two halves of a part with their residuals, the one with the larger last."""
        left, right = halves(part)
        one = self._slopes.residual(direction, left)
        other, blur = residual - one.value, bound + one.bound
        if abs(other) < _BLURRED * blur or not np.isfinite(blur) or one.kind == "kink":
            seen = self._slopes.residual(direction, right)
            other, blur = seen.value, seen.bound
        sides = [(left, one.value, one.bound), (right, other, blur)]
        if abs(one.value) <= one.bound and abs(other) <= blur:
            self.found.diffuse.append(part)
        return sorted(sides, key=lambda side: abs(side[1]))


def halves(part: Part) -> tuple[Part, Part]:
    """Split a part: between its leaves where it has several, else in the middle."""
    if len(part) > 1:
        middle = len(part) // 2
        return part[:middle], part[middle:]
    (piece,) = part
    middle = (piece.start + piece.stop) // 2
    return (slice(piece.start, middle),), (slice(middle, piece.stop),)
