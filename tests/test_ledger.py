"""The ledger, the package and the checks name the same formulas: nothing is missing on any side."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import gradproof_reference
from gradproof_reference import Activation, as_printed
from gradproof_reference.ledger import LEDGER, Erratum, Row, resolve, row

CHECKS = Path(__file__).parents[1] / "checks" / "formulas"
IDS = [f"F{number:02}" for number in range(1, 29)]


def public_formulas() -> set[str]:
    """Public functions and constants of the reference; classes and aliases only say what they take."""
    named = {name: getattr(gradproof_reference, name) for name in gradproof_reference.__all__}
    return {
        name
        for name, value in named.items()
        if isinstance(value, Activation | dict) or (callable(value) and hasattr(value, "__code__"))
    }


def formulas_named(ledger: Iterable[Row]) -> dict[str, set[str]]:
    """Row IDs by the public names in their implementation and gradient."""
    named: dict[str, set[str]] = {}
    for entry in ledger:
        for name in (*entry.implementation, *entry.gradient):
            named.setdefault(name, set()).add(entry.id)
    return named


def implementation_faults(ledger: Sequence[Row], public: set[str]) -> list[str]:
    """Everything in which rows and public formulas disagree."""
    named = formulas_named(ledger)
    return [
        *(f"{entry.id} has no implementation" for entry in ledger if not entry.implementation),
        *(f"{min(named[name])} names {name}, which is not public" for name in sorted(set(named) - public)),
        *(f"{name} is in no row" for name in sorted(public - set(named))),
    ]


def erratum_faults(ledger: Sequence[Row]) -> list[str]:
    """Errata that name another row, no reason, or a form that does not exist."""
    faults = []
    for entry in ledger:
        for erratum in entry.errata:
            if erratum.row != entry.id:
                faults.append(f"{entry.id} has an erratum of {erratum.row}")
            if not (
                erratum.printed and erratum.derived and erratum.why and erratum.printed != erratum.derived
            ):
                faults.append(f"{entry.id} has an erratum without printed form, derived form or reason")
            if erratum.printed_form and not resolves(erratum.printed_form, to=set(as_printed.__all__)):
                faults.append(f"{entry.id} names {erratum.printed_form}, which is no printed form")
            if erratum.derived_form and erratum.derived_form not in public_formulas():
                faults.append(f"{entry.id} names {erratum.derived_form}, which is not public")
            if erratum.printed_form and not erratum.derived_form:
                faults.append(f"{entry.id} has no derived form for {erratum.printed_form}")
    return faults


def resolves(name: str, to: set[str]) -> bool:
    """Whether a dotted name is that of a printed form."""
    module, _, function = name.rpartition(".")
    return module == "as_printed" and function in to and callable(resolve(name))


def check_faults(ledger: Sequence[Row], marks: Mapping[str, set[str]]) -> list[str]:
    """Everything in which rows and the marks of the check files disagree, each file given with its marks."""
    listed = {(entry.id, file) for entry in ledger for file in entry.checks}
    marked = {(mark, file) for file, ids in marks.items() for mark in ids}
    ids = {entry.id for entry in ledger}
    return [
        *(f"{entry.id} has no check" for entry in ledger if not entry.checks),
        *(
            f"{file} marks a check with {mark}, which is no row"
            for mark, file in sorted(marked)
            if mark not in ids
        ),
        *(
            f"{mark} is checked in {file}, which its row does not list"
            for mark, file in sorted(marked - listed)
            if mark in ids
        ),
        *(f"{mark} lists {file}, which has no check of it" for mark, file in sorted(listed - marked)),
    ]


COLLECT = """
import json, sys
from pathlib import Path
import pytest

class Seen:
    marks = {}

    def pytest_itemcollected(self, item):
        ids = {row for mark in item.iter_markers("formula") for row in mark.args}
        self.marks.setdefault(Path(item.path).name, set()).update(ids)

arguments = [sys.argv[1], "--collect-only", "-q", "-p", "no:cacheprovider"]
status = pytest.main(arguments, plugins=[Seen()])
print(json.dumps({file: sorted(ids) for file, ids in Seen.marks.items()}))
sys.exit(status)
"""


def marks_of_the_checks(folder: Path) -> dict[str, set[str]]:
    """Collect a folder of checks as pytest does, parametrized marks included: the IDs that each file's tests carry."""
    command = [sys.executable, "-c", COLLECT, str(folder)]
    # Whoever runs these tests may leave out some: here all count.
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    done = subprocess.run(
        command, cwd=CHECKS.parent.parent, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {file: set(ids) for file, ids in json.loads(done.stdout.splitlines()[-1]).items()}


def test_the_rows_are_the_28_formulas_in_order() -> None:
    """The IDs are F01 to F28; they are permanent."""
    assert [entry.id for entry in LEDGER] == IDS


def test_every_row_says_what_must_hold() -> None:
    """Slide, statement (one line) and formula are there for every row."""
    for entry in LEDGER:
        assert entry.slide
        assert entry.formula
        assert entry.statement
        assert "\n" not in entry.statement


def test_every_formula_is_implemented_and_every_public_formula_is_in_a_row() -> None:
    """Rows name public formulas only, and all of them."""
    assert implementation_faults(LEDGER, public_formulas()) == []


def test_every_name_resolves_to_something_that_can_be_called() -> None:
    """Implementations and gradients are functions, or the activations built of them."""
    for entry in LEDGER:
        for name in (*entry.implementation, *entry.gradient):
            value = resolve(name)
            assert callable(value) or isinstance(value, Activation | dict), name


def test_every_erratum_names_its_two_forms() -> None:
    """Printed forms exist in as_printed and derived forms are public."""
    assert erratum_faults(LEDGER) == []


def test_every_printed_form_belongs_to_an_erratum() -> None:
    """No function of as_printed is there without an erratum that explains it."""
    named = {erratum.printed_form for entry in LEDGER for erratum in entry.errata}
    assert {f"as_printed.{name}" for name in as_printed.__all__} == named - {None}


def test_the_errata_are_those_of_the_slides() -> None:
    """Sixteen in all: the counts by row are those found in the slides."""
    counts = {entry.id: len(entry.errata) for entry in LEDGER if entry.errata}
    assert counts == {
        "F05": 1,
        "F06": 1,
        "F09": 3,
        "F13": 1,
        "F20": 1,
        "F23": 1,
        "F24": 1,
        "F25": 4,
        "F27": 1,
        "F28": 2,
    }


def test_rows_and_checks_name_each_other() -> None:
    """Every row has a check that is marked with it, and every mark names a row that lists its file."""
    assert check_faults(LEDGER, marks_of_the_checks(CHECKS)) == []


@pytest.mark.parametrize("entry", LEDGER, ids=IDS)
def test_a_row_is_found_by_its_id(entry: Row) -> None:
    """The ID gives the row itself."""
    assert row(entry.id) is entry


@pytest.mark.parametrize(
    ("public", "fault"),
    [
        (public_formulas() | {"fake"}, "fake is in no row"),
        (public_formulas() - {"softmax"}, "F14 names softmax, which is not public"),
    ],
)
def test_a_planted_public_name_is_caught(public: set[str], fault: str) -> None:
    """A public function in no row, and a row's function that is not public, are each named."""
    assert implementation_faults(LEDGER, public) == [fault]


def test_a_planted_row_without_implementation_is_caught() -> None:
    """A row that names nothing is told apart."""
    empty = replace(LEDGER[6], implementation=())
    assert implementation_faults([*LEDGER, empty], public_formulas()) == ["F07 has no implementation"]


@pytest.mark.parametrize(
    ("erratum", "fault"),
    [
        (Erratum("F02", "a", "b", "why"), "F01 has an erratum of F02"),
        (Erratum("F01", "a", "a", "why"), "F01 has an erratum without printed form, derived form or reason"),
        (Erratum("F01", "a", "b", ""), "F01 has an erratum without printed form, derived form or reason"),
        (
            Erratum("F01", "a", "b", "why", "as_printed.gone", "polynomial"),
            "F01 names as_printed.gone, which is no printed form",
        ),
        (Erratum("F01", "a", "b", "why", None, "gone"), "F01 names gone, which is not public"),
        (
            Erratum("F01", "a", "b", "why", "as_printed.output"),
            "F01 has no derived form for as_printed.output",
        ),
    ],
)
def test_a_planted_erratum_is_caught(erratum: Erratum, fault: str) -> None:
    """An erratum of another row, without content, or with a form that does not exist is named."""
    assert erratum_faults([replace(LEDGER[0], errata=(erratum,))]) == [fault]


@pytest.mark.parametrize(
    ("marks", "fault"),
    [
        ({"test_a.py": {"F01", "F02", "F99"}}, "test_a.py marks a check with F99, which is no row"),
        ({"test_a.py": {"F01"}}, "F02 lists test_a.py, which has no check of it"),
        (
            {"test_a.py": {"F01", "F02"}, "test_b.py": {"F01"}},
            "F01 is checked in test_b.py, which its row does not list",
        ),
    ],
)
def test_a_planted_mark_is_caught(marks: dict[str, set[str]], fault: str) -> None:
    """A mark of no row, a file without the mark, and a file that its row does not list are each named."""
    rows = [replace(entry, checks=("test_a.py",)) for entry in LEDGER[:2]]
    assert check_faults(rows, {"test_a.py": {"F01", "F02"}}) == []
    assert check_faults(rows, marks) == [fault]


def test_a_planted_row_without_a_check_is_caught() -> None:
    """A row that lists no check file is named."""
    assert check_faults([replace(LEDGER[0], checks=())], {}) == ["F01 has no check"]


def test_marks_are_collected_from_decorators_and_parameters(tmp_path: Path) -> None:
    """Both spellings count, with any number of IDs, computed ones too; the same word elsewhere does not."""
    (tmp_path / "test_planted.py").write_text(
        """
import pytest

@pytest.mark.formula("F14", "F15")
def test_one(): ...

@pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.formula(*["F" + str(16)]))])
def test_two(x):
    formula = "F17"
"""
    )
    assert marks_of_the_checks(tmp_path) == {"test_planted.py": {"F14", "F15", "F16"}}
