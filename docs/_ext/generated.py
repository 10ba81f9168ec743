"""Parts of pages that are made from the code: `% generated: NAME` in a page is replaced by what NAME returns."""

import inspect
import re
from collections.abc import Callable, Iterable
from importlib import import_module
from types import FunctionType, GenericAlias
from typing import Any

from sphinx.application import Sphinx
from sphinx.pycode import ModuleAnalyzer

import gradproof_reference
from gradproof._catalogue import Explanation, explanations
from gradproof_reference import as_printed
from gradproof_reference.ledger import LEDGER, Erratum, Row, resolve

_MARKER = re.compile(r"^% generated: (\w+)$", re.MULTILINE)
_KINDS = {
    "verdict": "Verdicts",
    "status": "What became of one entry",
    "cause": "Causes that a diagnosis names",
    "guard": "Faults that no number shows",
}


def setup(app: Sphinx) -> dict[str, Any]:
    """Fill the pages when they are read."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _fill(_app: Sphinx, _page: str, source: list[str]) -> None:
    source[0] = _MARKER.sub(lambda found: PARTS[found[1]](), source[0])


def ledger() -> str:
    """Return a section for each formula of the lecture."""
    return "\n\n".join(_section(row) for row in LEDGER)


def _section(row: Row) -> str:
    parts = [
        f"({row.id.lower()})=\n### {row.id}: {row.slide}",
        row.statement,
        f"```text\n{row.formula}\n```",
        _links("Computed by", row.implementation),
        _links("Gradient", row.gradient),
        "Checked in " + ", ".join(f"`checks/formulas/{file}`" for file in row.checks) + ".",
        *(_correction(erratum) for erratum in row.errata),
    ]
    return "\n\n".join(part for part in parts if part)


def _links(what: str, names: Iterable[str]) -> str:
    links = ", ".join(_link(name) for name in names)
    return f"{what}: {links}." if links else ""


def _link(name: str) -> str:
    return f"{{py:{_role(name)}}}`{name} <gradproof_reference.{name}>`"


def _role(name: str) -> str:
    """Say what a public name of the reference is, as Sphinx calls it."""
    value = resolve(name)
    if isinstance(value, FunctionType):
        return "func"
    return "class" if isinstance(value, type) and not isinstance(value, GenericAlias) else "data"


def _correction(erratum: Erratum) -> str:
    forms = [name for name in (erratum.printed_form, erratum.derived_form) if name]
    return "\n".join(
        [
            ":::{admonition} Printed wrongly",
            ":class: warning",
            "```text",
            f"printed  {erratum.printed}",
            f"derived  {erratum.derived}",
            "```",
            erratum.why,
            f"In code: {', '.join(map(_link, forms))}." if forms else "",
            ":::",
        ]
    )


def errata() -> str:
    """Return the table of all that is printed wrongly."""
    rows = [
        f"| [{erratum.row}](#{erratum.row.lower()}) | {_cell(erratum.printed)} | {_cell(erratum.derived)} |"
        for row in LEDGER
        for erratum in row.errata
    ]
    return "\n".join(["| row | printed | derived |", "| --- | --- | --- |", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("_", "\\_").replace("*", "\\*")


def catalogue() -> str:
    """Return every verdict and cause with its meaning and remedy, as `gradproof explain` prints them."""
    known = explanations()
    kinds = [*_KINDS, *sorted({one.kind for one in known} - set(_KINDS))]
    groups = [(kind, [one for one in known if one.kind == kind]) for kind in kinds]
    return "\n\n".join(_group(kind, members) for kind, members in groups if members)


def _group(kind: str, members: list[Explanation]) -> str:
    title = _KINDS.get(kind, kind.capitalize())
    return "\n\n".join([f"## {title}", *(_explained(one) for one in members)])


def _explained(one: Explanation) -> str:
    remedy = f"**What to do.** {one.remedy}" if one.remedy else ""
    parts = [f"### {one.name}", one.summary, one.text if one.text != one.summary else "", remedy]
    return "\n\n".join(part.strip() for part in parts if part.strip())


def formulas() -> str:
    """Return the public names of the reference, described from their docstrings, by the module that holds them."""
    modules: dict[str, list[str]] = {}
    for name in sorted(gradproof_reference.__all__):
        modules.setdefault(_module_of(name), []).append(name)
    modules["as_printed"] = [f"as_printed.{name}" for name in as_printed.__all__]
    return "\n\n".join(_described(module, names) for module, names in sorted(modules.items()))


def _module_of(name: str) -> str:
    """Say which module of the reference defines a public name; a dict and an alias do not know."""
    home = getattr(getattr(gradproof_reference, name), "__module__", None) or ""
    known = {"ACTIVATIONS": "activations", "Layers": "layer"}
    return known.get(name) or home.removeprefix("gradproof_reference.")


def _described(module: str, names: Iterable[str]) -> str:
    about = inspect.getdoc(import_module(f"gradproof_reference.{module}")) or ""
    lines = [_bars(about), "", *map(_directive, names)]
    return "\n".join([f"## {module}", "", "```{eval-rst}", *lines, "```"])


def _bars(text: str) -> str:
    return text.replace("|", "\\|")


def _directive(name: str) -> str:
    role = _role(name)
    if role == "data":
        return f".. py:data:: gradproof_reference.{name}\n\n   {_said_of(name)}\n"
    options = "   :members:\n" if role == "class" else ""
    return f".. auto{role.replace('func', 'function')}:: gradproof_reference.{name}\n{options}"


def _said_of(name: str) -> str:
    """Return the string that stands below a constant where it is defined, or what it is."""
    home = ModuleAnalyzer.for_module(f"gradproof_reference.{_module_of(name)}")
    said = " ".join(home.find_attr_docs().get(("", name), [])).strip()
    return said or f"One `{type(resolve(name)).__name__}`."


PARTS: dict[str, Callable[[], str]] = {
    "ledger": ledger,
    "errata": errata,
    "catalogue": catalogue,
    "formulas": formulas,
}
