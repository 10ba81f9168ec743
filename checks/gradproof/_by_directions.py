"""The examination of many parameters: random directions first, then the entries that are behind a residual."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gradproof._directions import Directions, Part, Residual, Slopes
from gradproof._glance import complex_slope, glance
from gradproof._guards import AnalyticGradient
from gradproof._localise import Located, Search
from gradproof._nesting import Vector
from gradproof._noise import NoiseModel, model_noise
from gradproof._objective import Objective
from gradproof._structure import Arguments
from gradproof._surroundings import GOAL, natural_scales

MISS_PROBABILITY = 1e-6
_FEWEST, _MOST = 2, 20
# A leaf whose wrong entries a direction through all leaves would hide too often gets directions of its own.
_SHARP = 0.1
# A leaf that moves f this much less than another may be seen that much less sharply.
_MINOR_LEAF = 2.0**-10
# Wrong entries come to light round after round, as long as one direction contradicts what was found so far.
_ROUNDS = 10


class Group(NamedTuple):
    """Leaves that were compared together, and what their directions showed.

    `resolution` is the smallest relative error that all directions together hide in no entry, but with
    MISS_PROBABILITY.
    """

    part: Part
    residuals: list[Residual]
    resolution: float


class Findings(NamedTuple):
    """All that an examination by directions has found."""

    slopes: Slopes
    groups: list[Group]
    located: Located

    @property
    def resolution(self) -> float:
        """The smallest relative error that would have been seen anywhere."""
        return max(group.resolution for group in self.groups)


def compare_by_directions(
    objective: Objective,
    arguments: Arguments,
    gradient: AnalyticGradient,
    value: float,
    resolution: float,
    seed: int,
) -> Findings:
    """Compare all entries along random directions, and look for those that are wrong where there are any.

    The complex step is asked first. Where it and differences contradict each other, then or in the end, differences
    alone are: with one step for all entries of a leaf, or, where that shows too little, as near the edge of a domain,
    with a step for each entry of its own size.
    """
    directions = Directions(arguments, seed)
    quiet = _quiet_noise(objective, arguments, value, directions, resolution, seed)
    noise = _noise(objective, arguments, value, directions) if quiet is None else quiet
    slopes = Slopes(objective, arguments, gradient, value, noise, complex_step=True)
    if quiet is not None or slopes.complex_step_is_confirmed(directions.vector(0)):
        findings = _compare_all(slopes, directions, resolution, seed)
        if _differences_agree(findings, gradient):
            return findings
    slopes = Slopes(objective, arguments, gradient, value, noise, complex_step=False)
    findings = _compare_all(slopes, directions, resolution, seed)
    if findings.resolution <= resolution + slopes.granted or findings.located.positions:
        return findings
    directions = _with_entry_scales(arguments, seed)
    noise = _noise(objective, arguments, value, directions)
    slopes = Slopes(objective, arguments, gradient, value, noise, complex_step=False)
    return _compare_all(slopes, directions, resolution, seed)


def _noise(objective: Objective, arguments: Arguments, value: float, directions: Directions) -> NoiseModel:
    first = directions.vector(0)

    def along(steps: Vector) -> Vector:
        return objective.values(len(steps), lambda chunk: arguments.vector + steps[chunk, np.newaxis] * first)

    # Along a direction through thousands of entries the kinks of a network are so many that, spread wide enough, they
    # look like noise.
    return model_noise(along, value, objective.unit, hidden=False)


def _with_entry_scales(arguments: Arguments, seed: int) -> Directions:
    return Directions(arguments, seed, natural_scales(arguments))


def _quiet_noise(
    objective: Objective,
    arguments: Arguments,
    value: float,
    directions: Directions,
    resolution: float,
    seed: int,
) -> NoiseModel | None:
    """Return the noise of f where a glance is enough to trust the complex step, else None.

    The complex step itself leaves no domain, but its self-test has to stay inside: hence a second glance, along which
    each entry has a step of its own size.
    """
    for entry_scales in (False, True):
        along = _with_entry_scales(arguments, seed) if entry_scales else directions
        look = glance(objective, arguments.vector, value, along.vector(0), GOAL * resolution)
        if look is not None and complex_slope(objective, arguments.vector, value, look) is not None:
            return NoiseModel(look.noise, max(abs(value), look.noise), 1.0, objective.unit)
    return None


def _compare_all(slopes: Slopes, directions: Directions, resolution: float, seed: int) -> Findings:
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2**32 - 1,)))
    search = Search(slopes, directions, random)
    resolution += slopes.granted
    visible = resolution * _seen_scales(slopes, directions)
    pending: list[Part] = [
        tuple(slice(leaf.start, leaf.stop) for leaf in slopes.arguments.leaves if leaf.stop > leaf.start)
    ]
    groups = []
    while pending:
        part = pending.pop()
        group, unsharp = _compare(slopes, directions, part, visible, resolution)
        groups.append(group)
        pending += [(piece,) for piece in unsharp]
        if any(residual.refuted for residual in group.residuals):
            _search(search, slopes, directions, group)
    return Findings(slopes, groups, search.found)


def _seen_scales(slopes: Slopes, directions: Directions) -> Vector:
    """Return by how much f moves with the entry of each leaf that moves it most, or what is as good as that."""
    reach = slopes.largest * directions.least
    scales: Vector = np.maximum(reach, _MINOR_LEAF * reach.max(initial=0.0))
    return scales


def _compare(
    slopes: Slopes, directions: Directions, part: Part, visible: Vector, resolution: float
) -> tuple[Group, Part]:
    """Compare a part along as many directions as it takes; return what remains to be compared leaf by leaf, too.

    Parameters
    ----------
    visible : float64 array, shape (leaves,)
        The change of f per unit of a direction's size that must not stay hidden.
    """
    leaves = np.array([slopes.leaf_of(piece.start) for piece in part])
    residuals: list[Residual] = []
    sharp, hidden, needed = np.ones(len(part), dtype=bool), 0.0, _FEWEST
    while len(residuals) < needed:
        direction = directions.vector(len(residuals))
        seen = slopes.residual(direction, part, goal=_SHARP * float(visible[leaves].min()))
        if not residuals:
            if seen.refuted:
                seen = seen._replace(bound=seen.bound + slopes.measure_scatter(direction))
            with np.errstate(divide="ignore", invalid="ignore"):
                odds = np.where(seen.bound == 0, 0.0, seen.bound / visible[leaves])
            sharp = (odds <= _SHARP) | (len(part) == 1)
            if not sharp.any():
                return Group(part, [seen], 0.0), part
            hidden = float(odds[sharp].max())
            needed = _directions_for(hidden)
        residuals.append(seen)
        if seen.kind == "kink":
            # Entries at a kink hide behind each other's intervals, as often as their signs in a direction allow.
            needed = _MOST
    seen_at = hidden * resolution * MISS_PROBABILITY ** (-1 / needed)
    unsharp = tuple(piece for piece, is_sharp in zip(part, sharp, strict=True) if not is_sharp)
    return Group(part, residuals, seen_at), unsharp


def _directions_for(hidden: float) -> int:
    """Return how many directions hide an error with MISS_PROBABILITY that one of them hides with this probability."""
    if not 0 < hidden < 1:
        return _FEWEST if hidden == 0 else _MOST
    return int(np.clip(np.ceil(np.log(MISS_PROBABILITY) / np.log(hidden)), _FEWEST, _MOST))


def _search(search: Search, slopes: Slopes, directions: Directions, group: Group) -> None:
    """Look for wrong entries until no direction contradicts what was found."""
    for _ in range(_ROUNDS):
        at_large = {sample.leaf for sample in search.found.at_large}
        part = tuple(piece for piece in group.part if slopes.leaf_of(piece.start) not in at_large)
        before = len(search.found.positions) + len(at_large)
        for number in range(len(group.residuals)):
            if part and slopes.residual(directions.vector(number), part).refuted:
                search.along(number, part)
                break
        else:
            return
        found = len(search.found.positions) + len(search.found.at_large)
        if search.found.full or search.found.diffuse or found == before:
            return


def _differences_agree(findings: Findings, gradient: AnalyticGradient) -> bool:
    """Tell whether differences confirm the complex step at the entry that is most in the wrong, if any."""
    located = findings.located
    if not located.positions:
        return True
    errors = np.abs(gradient.values[located.positions] - located.numeric)
    worst = int(np.argmax(errors / np.maximum(located.bound, np.finfo(np.float64).tiny)))
    seen = findings.slopes.entries(
        np.array([located.positions[worst]]),
        by_differences=True,
        claim=float(gradient.values[located.positions[worst]]),
    )
    same = abs(located.numeric[worst] - float(seen.value[0])) <= located.bound[worst] + float(seen.bound[0])
    return bool(seen.kind[0] == "unconfirmed" or (seen.kind[0] == "smooth" and same))
