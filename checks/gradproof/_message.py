"""A report as text: what is wrong, where, why, and how to see it again, in ASCII and under 25 lines whatever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gradproof._literal import Source
from gradproof._nesting import Leaf

if TYPE_CHECKING:
    from gradproof._report import Entry, GradientReport

_NAMED = 5
_LEAVES = 6
_ROWS, _COLUMNS = 8, 32
_WIDTH = 400
_PATH = 60
# Arguments of so many entries are printed, where the line that they make is no longer than this.
_REPLAYED, _REPLAY_WIDTH = 50, 1000


def render(report: GradientReport) -> str:
    """Return the report as text: a few lines for a pass, under 25 for anything else."""
    lines = [f"{report.verdict}: the gradient of {_short(report.function)} by {report.method}"]
    if report.reason:
        lines.append(f"  {_clipped(report.reason)}")
    worst = report.worst
    if worst is not None:
        lines += _worst(worst, entry=bool(len(report.compared.positions)))
    if report.diagnosis:
        lines.append(f"  diagnosis: {_clipped(report.diagnosis)}")
    lines += [*_directions(report), *_where(report)]
    lines.append(
        f"  resolution {report.resolution:.2g}, {report.evaluations.f} evaluations of f, "
        f"{report.evaluations.grad} of grad, seed={report.seed}"
    )
    if not report.passed:
        lines += _replay(report)
    return "\n".join(lines).encode("ascii", "backslashreplace").decode()


def _worst(worst: Entry, *, entry: bool) -> list[str]:
    return [
        f"  worst {'entry ' if entry else ''}{_short(worst.name)}:",
        f"    analytic {worst.analytic!r}",
        f"    numeric  {worst.numeric!r} +- {worst.bound:.2g}",
        f"    error    {worst.error:.3g}, {worst.excess:.3g} times the bound",
    ]


def _directions(report: GradientReport) -> list[str]:
    refuted = sum(entry.status in {"fail", "outside kink"} for entry in report.along)
    return [f"  {refuted} of {len(report.along)} directions contradict the gradient"] if refuted else []


def _where(report: GradientReport) -> list[str]:
    """Name the first wrong entries, then map the matrix or count the leaves that they are in."""
    compared, arguments = report.compared, report.arguments
    wrong = np.flatnonzero(compared.wrong)
    if not wrong.size or arguments is None:
        return []
    names = ", ".join(
        _short(arguments.name(int(position))) for position in compared.positions[wrong[:_NAMED]]
    )
    more = f" and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
    lines = [f"  {len(wrong)} of {len(compared.positions)} entries not right: {names}{more}"]
    counts = [
        (leaf, int(np.count_nonzero(compared.wrong[_inside(leaf, compared.positions)])))
        for leaf in arguments.leaves
    ]
    touched = [leaf for leaf, count in counts if count]
    if len(touched) == 1 and len(touched[0].shape) >= 2:
        return lines + _map(touched[0], compared.positions, compared.wrong)
    if len(counts) > 1:
        lines += [
            f"    {_short(leaf.path)}: {count} of {np.count_nonzero(_inside(leaf, compared.positions))}"
            for leaf, count in [(leaf, count) for leaf, count in counts if count][:_LEAVES]
        ]
        if len(touched) > _LEAVES:
            lines.append(f"    and {len(touched) - _LEAVES} more arrays")
        if len(touched) < len(counts):
            lines.append(f"    none in the other {len(counts) - len(touched)}")
    return lines


def _inside(leaf: Leaf, positions: NDArray[np.intp]) -> NDArray[np.bool_]:
    return (leaf.start <= positions) & (positions < leaf.stop)


def _map(leaf: Leaf, positions: NDArray[np.intp], wrong: NDArray[np.bool_]) -> list[str]:
    """Draw a matrix, or the last axis of an array against all others, in blocks where it is large."""
    shape = (int(np.prod(leaf.shape[:-1])), leaf.shape[-1])
    inside = _inside(leaf, positions)
    rows, columns = np.unravel_index(positions[inside] - leaf.start, shape)
    height, width = min(shape[0], _ROWS), min(shape[1], _COLUMNS)
    cells = (rows * height // shape[0], columns * width // shape[1])
    drawn = np.full((height, width), "?")
    drawn[cells] = "."
    drawn[tuple(part[wrong[inside]] for part in cells)] = "x"
    blocks = f", a block of it in each place of {height} x {width}" if (height, width) != shape else ""
    legend = f"    {_short(leaf.path)}, shape {leaf.shape}{blocks} (x wrong, . right, ? not looked at):"
    return [legend, *(f"      {''.join(row)}" for row in drawn)]


def _replay(report: GradientReport) -> list[str]:
    """Return the call that examines the same point again, or what to pass where it would be too long to print."""
    mode = ', mode="directions"' if report.mode == "directions" else ""
    arguments = None if report.framework else report.arguments
    if arguments is not None and len(arguments.vector) <= _REPLAYED:
        source = Source()
        literals = ", ".join(source.literal(arg) for arg in arguments.args)
        name = report.function.rpartition(".")[2]
        call = f"gp.check_gradient({name if name.isidentifier() else 'f'}, grad, {literals}, seed={report.seed}{mode})"
        if len(call) <= _REPLAY_WIDTH and "\n" not in call and len(source.imports) <= 1:
            imports = "; ".join(["import numpy as np", "import gradproof as gp", *source.imports])
            return ["  again:", f"    {imports}", f"    {call}"]
    return [f"  again: pass the same arguments and seed={report.seed}{mode}"]


def _clipped(text: str) -> str:
    """Return a text on one line of bearable length."""
    text = " ".join(text.split())
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 4]} ..."


def _short(path: str) -> str:
    """Return a path with its middle left out where it is long."""
    path = " ".join(path.split())
    return path if len(path) <= _PATH else f"{path[: _PATH // 2 - 2]}...{path[-_PATH // 2 + 2 :]}"
