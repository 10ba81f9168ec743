"""Evidence: what it holds comes back bit for bit, it is refused where damaged, and a replay says what is different."""

from __future__ import annotations

import collections
import dataclasses
import functools
import importlib
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import gradproof as gp
from gradproof import _evidence
from gradproof._commands.replay import command
from gradproof._evidence import _document, _inputs, _leaves, _record, _schema
from gradproof._evidence._arrays import DamagedError
from gradproof._evidence._lambda import lambda_source
from gradproof._evidence._leaves import UNKNOWN

MODULE = """
import numpy as np
import gradproof as gp

w = np.array([1.0, -2.0, 0.5])
right = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 3 * w**2, (w,), "right")
wrong = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 6 * w**2, (w,), "wrong")
kink = gp.Differentiable(lambda w: np.sum(np.abs(w)), lambda w: np.sign(w), (np.array([0.0, -2.0]),), "kink")
jump = gp.Differentiable(lambda w: np.sum(np.sign(w)), lambda w: 0 * w, (np.array([0.0, 2.0]),), "jump")
unseen = gp.Differentiable(lambda w: float(np.sum(w) + 1e15), lambda w: np.ones(3), (w,), "unseen")
drawn = gp.Differentiable(lambda w: np.sum(w**3), lambda w: 6 * w**2, (gp.strategies.arrays(),), "drawn")
many = gp.Differentiable(lambda w: np.sum(w * w), lambda w: 2 * w, (np.linspace(1, 2, 1500),), "many")
large = gp.Differentiable(lambda w, x: w @ x, lambda w, x: (x, w), (np.linspace(1, 2, 150_000),) * 2, "large")
"""
VERDICTS = {
    "right": "pass",
    "wrong": "fail",
    "kink": "nondifferentiable",
    "jump": "nondifferentiable",
    "unseen": "inconclusive",
    "drawn": "fail",
    "many": "pass",
}


@functools.cache
def _whole() -> str:
    """Return the text of a document with every kind of part."""
    args = (np.arange(3.0), {"a": 1.5, "b": [2j, None, b"x"]}, np.float32(1), Pair(1, "x"))
    operation = gp.Differentiable(lambda w, *_: np.sum(w**3), lambda w, *_: (6 * w**2,), args, "wrong")
    report, _ = operation._examined((), {"seed": 1, "resolution": 1e-3})
    document = _record.document_of("m.py", operation, args, report, {"seed": 1, "resolution": 1e-3})
    return json.dumps(document | {"digest": _document.content_digest(document)})


class Project:
    """A folder with a module of declared gradients, and the evidence of them."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.evidence = folder / "evidence"

    def write(self, source: str) -> None:
        """Write the module, and forget the one that was loaded."""
        (self.folder / f"{self.name}.py").write_text(source, encoding="utf-8")
        sys.modules.pop(self.name, None)
        importlib.invalidate_caches()

    def keep(self, name: str, **options: Any) -> Path:
        """Examine a gradient, and keep the evidence."""
        operation = next(
            op for op in gp._collection.operations(gp._collection.load(f"{self.name}.py")) if op.name == name
        )
        report, args = operation._examined((), options)
        return _evidence.save(self.evidence, f"{self.name}.py", operation, args, report, options)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """A module of a name of its own in the current folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # two versions may be written in one second
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.chdir(tmp_path)
    made = Project(tmp_path, f"grads_{tmp_path.name.replace('-', '_')}")
    made.write(MODULE)
    yield made
    sys.modules.pop(made.name, None)


def run(*arguments: str) -> int:
    """Run the command."""
    import argparse  # noqa: PLC0415

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


# --- what holds ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VERDICTS)
def test_evidence_of_every_verdict_is_replayed_to_the_last_bit(project: Project, name: str) -> None:
    """The same verdict and the same bits of every number, also where the inputs were drawn."""
    path = project.keep(name)
    found = _evidence.replay(path)
    assert (found.state, found.recorded, found.found) == ("holds", VERDICTS[name], VERDICTS[name]), found
    assert (found.differences, found.notes) == ((), ())


@pytest.mark.parametrize("name", VERDICTS)
def test_evidence_keeps_the_published_schema(project: Project, name: str) -> None:
    """Every file validates, and the schema is one itself."""
    schema = json.loads(_evidence.schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(project.keep(name).read_text(), parse_constant=pytest.fail)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["report"]["verdict"] == VERDICTS[name]
    assert {"python", "gradproof", "numpy", "hypothesis"} <= document["versions"].keys()


def test_a_document_that_breaks_the_schema_is_told(project: Project) -> None:
    """The schema can fail: a number as text, a key too many, one too few."""
    validator = jsonschema.Draft202012Validator(json.loads(_evidence.schema()))
    document = json.loads(project.keep("right").read_text())
    entry = document["report"]["entries"]["worst"][0]
    for broken in ({"analytic": "3.0"}, {"more": 1}, {"status": "fine"}):
        spoilt = json.loads(json.dumps(document))
        spoilt["report"]["entries"]["worst"][0] = {**entry, **broken}
        assert not validator.is_valid(spoilt)
    del document["machine"]
    assert not validator.is_valid(document)


def test_evidence_is_replayed_from_another_folder_in_another_process(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The module is found above the evidence."""
    project.keep("right"), project.keep("drawn")
    done = subprocess.run(
        [sys.executable, "-m", "gradproof", "replay", str(project.evidence)],
        cwd=tmp_path_factory.mktemp("elsewhere"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "2 of 2 still hold"


def test_a_private_gradient_is_replayed(project: Project) -> None:
    """As `check` examines it where it is asked for by its name; also where nothing public is declared."""
    for source in (
        MODULE.replace("right =", "_right ="),
        "import gradproof as gp\n_f = gp.Differentiable(lambda x: x * x, lambda x: 2 * x, (3.0,), 'right')",
    ):
        project.write(source)
        module = gp._collection.load(f"{project.name}.py")
        operation = vars(module)["_right" if "_right" in source else "_f"]
        report, args = operation._examined((), {})
        path = _evidence.save(project.evidence, f"{project.name}.py", operation, args, report, {})
        assert _evidence.replay(path).state == "holds"


@pytest.mark.parametrize("module", ["{}.py", "{}"])
@pytest.mark.parametrize(
    ("marked", "evidence", "found"),
    [
        (None, "evidence", True),
        (None, "deep/evidence", False),
        ("", "a/b/evidence", True),
        ("a", "a/b/evidence", False),
    ],
)
def test_no_module_above_the_project_is_imported(
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    module: str,
    marked: str | None,
    evidence: str,
    found: bool,  # noqa: FBT001  of the table
) -> None:
    """A module that happens to have the name may do anything; from where one was loaded is told."""
    document = json.loads(project.keep("right").read_text()) | {"module": module.format(project.name)}
    path = _document.write(project.folder / evidence, document, "right")
    if marked is not None:
        (project.folder / marked / ".git").mkdir()
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    monkeypatch.setattr(sys, "path", [part for part in sys.path if part != str(project.folder)])
    sys.modules.pop(project.name)
    assert run(str(path)) == (0 if found else 2)
    file = project.folder / f"{project.name}.py"
    said = capsys.readouterr().out
    assert (f"    loaded from {file}" in said) == found
    assert (project.name in sys.modules) == found
    assert found or f"as seen from {Path.cwd()} or {path.parent}" in said


def test_a_module_that_does_not_load_is_told_with_its_file(project: Project) -> None:
    """Another may go by its name."""
    path = project.keep("right")
    project.write("1 / 0")
    document = json.loads(path.read_text()) | {"module": project.name}
    for kept in (path, _document.write(project.evidence, document, "right")):
        said = _evidence.replay(kept).differences[0]
        assert said.endswith(f"from {project.folder / project.name}.py.")
        assert "ZeroDivisionError" in said
    project.write(
        "import gradproof as gp\nother = gp.Differentiable(lambda x: x, lambda x: 1, (3.0,), 'other')"
    )
    assert f"(loaded from {project.folder / project.name}.py)" in _evidence.replay(path).differences[0]


def test_numbers_that_differ_by_rounding_hold_within_their_bounds(project: Project) -> None:
    """As on another machine: the file is written anew with the last bits of two numbers changed."""
    path = project.keep("right")
    document = json.loads(path.read_text())
    entry = document["report"]["entries"]["worst"][0]
    entry["numeric"] = float(np.nextafter(entry["numeric"], np.inf))
    found = _evidence.replay(_document.write(project.evidence, document, "right"))
    assert found.state == "holds within bounds"
    assert found.notes == ("numbers differ within their bounds",)
    entry["numeric"] += 3 * entry["bound"]
    found = _evidence.replay(_document.write(project.evidence, document, "right"))
    assert found.state == "no longer holds"
    assert "numeric" in found.differences[0]


def test_other_versions_are_told_beside_the_answer(project: Project) -> None:
    """A version of then that is not the one of now."""
    document = json.loads(project.keep("right").read_text())
    document["versions"]["numpy"] = "1.0"
    document["machine"]["blas"]["core"] = "Z80"
    found = _evidence.replay(_document.write(project.evidence, document, "right"))
    assert found.holds
    assert found.notes[0] == f"numpy 1.0 then, {np.__version__} now"
    assert "core=Z80 then" in found.notes[1]


# --- what does not -------------------------------------------------------------------------------------------------


def test_a_gradient_that_was_mended_no_longer_holds(project: Project) -> None:
    """Verdict, diagnosis, entries and the source are told."""
    path = project.keep("wrong")
    project.write(MODULE.replace("lambda w: 6 * w**2, (w,)", "lambda w: 3 * w**2, (w,)"))
    found = _evidence.replay(path)
    assert found.state == "no longer holds"
    told = "\n".join(found.differences)
    assert "verdict: fail then, pass now" in told
    assert "diagnosis: factor 2: analytic = 2 x numeric" in told
    assert "w[1]: fail then, pass now; analytic 24.0 then, 12.0 now" in told
    assert found.notes == ("the source of grad has changed since",)


LAMBDAS = """
one, two = lambda x: x + 1, lambda x: (x * 2)
others = [lambda x: [i for i in x], lambda x: (lambda y: y + x)(1), lambda x: x if x else 0, lambda: None,
          lambda x: 3 * x**2, lambda x: lambda y: (x, y)]
inner = others[-1](1)
"""


def test_the_source_of_a_lambda_is_its_own(project: Project) -> None:
    """Beside others on its line, and around and inside of others."""
    project.write(LAMBDAS)
    module = gp._collection.load(f"{project.name}.py")
    found = [lambda_source(function) for function in (module.one, module.two, *module.others, module.inner)]
    assert found == [
        "lambda x: x + 1",
        "lambda x: (x * 2)",
        "lambda x: [i for i in x]",
        "lambda x: (lambda y: y + x)(1)",
        "lambda x: x if x else 0",
        "lambda: None",
        "lambda x: 3 * x**2",
        "lambda x: lambda y: (x, y)",
        "lambda y: (x, y)",
    ]


@pytest.mark.parametrize("name", ["right", "many"])
def test_a_gradient_that_is_off_by_1e_7_no_longer_holds(project: Project, name: str) -> None:
    """A relative change that no tolerance in use would see, entry by entry and along directions."""
    path = project.keep(name)
    project.write(MODULE.replace("3 * w**2", "3.0000003 * w**2").replace("2 * w,", "2.0000002 * w,"))
    assert _evidence.replay(path).state == "no longer holds"
    assert run(str(path)) == 1


def test_another_valid_subgradient_is_told(project: Project) -> None:
    """The verdict at the kink is the same; the value of the gradient there is not."""
    path = project.keep("kink")
    project.write(
        MODULE.replace("lambda w: np.sign(w)", "lambda w: np.where(w > 0, 1.0, np.where(w < 0, -1, 0.5))")
    )
    found = _evidence.replay(path)
    assert found.state == "no longer holds"
    assert found.differences == ("w[0]: analytic 0.0 then, 0.5 now",)


def test_a_gradient_that_now_raises_no_longer_holds(project: Project) -> None:
    """What is raised is told."""
    path = project.keep("right")
    project.write(MODULE.replace("lambda w: 3 * w**2", "lambda w: 1 // 0"))
    found = _evidence.replay(path)
    assert found.state == "no longer holds"
    assert found.differences[0].startswith("verdict: pass then, ZeroDivisionError now")


@pytest.mark.parametrize("call", ["exit(0)", "sys.exit(0)"])
@pytest.mark.parametrize("role", ["w**3", "3 * w**2"])
def test_a_function_that_exits_cannot_be_replayed(
    project: Project, call: str, role: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither does it end the replay, with a status that says that all is well."""
    path, other = project.keep("right"), project.keep("kink")
    project.write("import sys\n" + MODULE.replace(role, call))
    assert run(str(path), str(other), "--format", "json") == 2
    told = json.loads(capsys.readouterr().out)["files"]
    assert [one["state"] for one in told] == ["could not be replayed", "holds"]
    assert told[0]["differences"][0].startswith("f and the gradient must return; got SystemExit(0)")


# --- what cannot be replayed ---------------------------------------------------------------------------------------


def test_a_changed_byte_is_refused(project: Project) -> None:
    """Whatever byte is changed, the content is the same or the file is refused."""
    path = project.keep("right")
    whole = path.read_bytes()
    document = _document.read(path)
    draw = random.Random(0)  # noqa: S311
    refused = 0
    for place in draw.sample(range(len(whole)), 200):
        changed = bytes([draw.choice([b for b in b'0123456789abcdef"{}, \n' if b != whole[place]])])
        path.write_bytes(whole[:place] + changed + whole[place + 1 :])
        try:
            assert _document.read(path) == document
        except DamagedError:
            refused += 1
    assert refused > 100
    path.write_bytes(whole[: len(whole) // 2])
    found = _evidence.replay(path)
    assert (found.state, run(str(path))) == ("could not be replayed", 2)
    assert "strict JSON" in found.differences[0]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": 2}, "the schema must be 1"),
        ({"format": "something"}, "It is no evidence"),
        ({"module": "no_such_module_here"}, "Change to where it is, or name it with --module"),
        ({"module": "no_such.py"}, "Change to where it is, or name it with --module"),
        ({"name": "rihgt"}, "The nearest is 'right'"),
    ],
)
def test_what_is_missing_is_named(project: Project, change: dict[str, Any], said: str) -> None:
    """A schema that is not known, a module or a name that is gone."""
    document = json.loads(project.keep("right").read_text()) | change
    path = _document.write(project.evidence, document, "right")
    found = _evidence.replay(path)
    assert found.state == "could not be replayed"
    assert said in found.differences[0]
    assert run(str(path)) == 2


@pytest.mark.parametrize(
    ("part", "spoil"),
    [
        ("the file", lambda document: document.pop("inputs")),
        ("report", lambda document: document["report"].pop("seed")),
        ("options", lambda document: document["options"].update(colour="red")),
        ("inputs", lambda document: document.update(inputs=[])),
    ],
)
def test_a_file_of_another_shape_is_refused(
    project: Project, part: str, spoil: Callable[[dict[str, Any]], Any]
) -> None:
    """Also where its digest fits."""
    document = json.loads(project.keep("right").read_text())
    spoil(document)
    found = _evidence.replay(_document.write(project.evidence, document, "right"))
    assert found.state == "could not be replayed"
    assert found.differences[0].startswith(f"{part} must hold ")


SPOILT: list[tuple[tuple[str | int, ...], Any]] = [
    (("module",), 5),
    (("name",), None),
    (("schema",), True),
    (("sources", "f"), "here"),
    (("inputs", "drawn"), "no"),
    (("inputs", "point"), "sha256:0"),
    (("inputs", "args", "kind"), "zz"),
    (("inputs", "args", "parts", 0, "kind"), "zz"),
    (("inputs", "args", "parts", 0, "shape"), [-1]),
    (("inputs", "args", "parts", 0, "shape"), [2**70]),
    (("options", "resolution"), 5),
    (("options", "vectorized"), 1),
    (("options", "memory_budget"), 0),
    (("report", "verdict"), "banana"),
    (("report", "passed"), 1),
    (("report", "diagnosis"), 5),
    (("report", "reason"), None),
    (("report", "seed"), "a"),
    (("report", "seed"), 1.0),
    (("report", "seed"), -1),
    (("report", "entries"), None),
    (("report", "entries", "worst"), None),
    (("report", "entries", "worst"), [{"a": 1}]),
    (("report", "entries", "worst", 0, "analytic"), "zz"),
    (("report", "entries", "worst", 0, "analytic"), 10**400),
    (("report", "entries", "worst", 0, "status"), ["pass"]),
    (("report", "along", "count"), True),
    (("versions", "numpy"), 2),
    (("machine", "blas"), []),
    (("machine", "environment"), {"OMP_NUM_THREADS": 1}),
]


@pytest.mark.parametrize(("place", "value"), SPOILT)
def test_a_file_that_breaks_the_schema_is_refused(
    project: Project, place: tuple[str | int, ...], value: Any
) -> None:
    """Also where its digest was computed anew: as damaged, with neither a traceback nor an answer."""
    document = json.loads(project.keep("right").read_text())
    part = document
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    path = _document.write(project.evidence, document, "right")
    found = _evidence.replay(path)
    assert (found.state, run(str(path))) == ("could not be replayed", 2)
    assert "; got " in found.differences[0]
    if value not in (True, [2**70]):
        assert "It is damaged: write it anew." in found.differences[0]


@pytest.mark.parametrize("text", ["1e999", "[" * 500 + "]" * 500, "[" * 9000 + "]" * 9000])
def test_what_only_python_reads_is_refused(project: Project, text: str) -> None:
    """A number that no float64 holds, and brackets without end."""
    path = project.keep("right")
    path.write_text(path.read_text().replace('"schema": 1', f'"more": {text}, "schema": 1'))
    assert _evidence.replay(path).state == "could not be replayed"


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_the_schema_is_read_as_a_validator_reads_it(data: st.DataObject) -> None:
    """Whatever part of a document is replaced by whatever JSON has."""
    schema, document = json.loads(_evidence.schema()), json.loads(_whole())
    assert _schema.fault(document, schema) is None
    place: Any = document
    while True:
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(list(keys)))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    # 1.0 is an integer for JSON Schema only.
    simple = (
        st.none() | st.booleans() | st.integers(-3, 3) | st.just(0.5) | st.sampled_from(["", "nan", "pass"])
    )
    place[key] = data.draw(
        simple | st.lists(simple, max_size=2) | st.dictionaries(st.text(), simple, max_size=1)
    )
    wanted = jsonschema.Draft202012Validator(schema).is_valid(document)
    assert (_schema.fault(document, schema) is None) == wanted


@pytest.mark.parametrize(
    "node",
    [
        {"kind": "array", "dtype": "<f8", "shape": [3]},
        {"kind": "array", "dtype": "<f8", "shape": "3", "data": ""},
        {"kind": "array", "dtype": "<f8", "shape": [3], "data": "no base64!"},
        {"kind": "float", "value": "one"},
        {"kind": "list", "type": "builtins.list"},
        3,
    ],
)
def test_an_argument_that_is_none_is_refused(project: Project, node: Any) -> None:
    """Without a traceback."""
    document = json.loads(project.keep("right").read_text())
    document["inputs"]["args"]["parts"] = [node]
    assert (
        _evidence.replay(_document.write(project.evidence, document, "right")).state
        == "could not be replayed"
    )


def test_a_module_that_moved_can_be_named(project: Project) -> None:
    """With --module."""
    path = project.keep("right")
    (project.folder / "moved").mkdir()
    moved = project.folder / "moved" / f"{project.name}_moved.py"
    (project.folder / f"{project.name}.py").rename(moved)
    sys.modules.pop(project.name)
    assert run(str(path)) == 2
    assert run(str(path), "--module", str(moved)) == 0


def test_a_large_input_is_held_to_its_digest(project: Project) -> None:
    """It stands in the declaration only; other values there are refused."""
    path = project.keep("large")
    assert path.stat().st_size < 100_000
    assert _evidence.replay(path).holds
    project.write(MODULE.replace("np.linspace(1, 2, 150_000)", "np.linspace(1, 3, 150_000)"))
    found = _evidence.replay(path)
    assert found.state == "could not be replayed"
    assert "must be what was examined" in found.differences[0]


@pytest.mark.parametrize("constant", ["NaN", "Infinity"])
def test_numbers_that_json_does_not_have_are_refused(project: Project, constant: str) -> None:
    """Written by hand; the evidence itself says "inf"."""
    path = project.keep("unseen")
    assert json.loads(path.read_text(), parse_constant=pytest.fail)["report"]["resolution"] is not None
    path.write_text(path.read_text().replace('"schema": 1', f'"schema": {constant}'))
    assert "numbers must be finite" in _evidence.replay(path).differences[0]


def test_nothing_in_a_file_is_run(project: Project) -> None:
    """Neither objects, which would be pickled, nor a class that is no container, nor a module that is not loaded."""
    document = json.loads(project.keep("right").read_text())
    harmless = {"kind": "value", "value": "touch taken"}
    for node in (
        {"kind": "array", "dtype": "|O", "shape": [1], "data": "eJwDAAAAAAE="},
        {"kind": "fields", "type": "subprocess.Popen", "names": ["args"], "parts": [harmless]},
        {"kind": "fields", "type": "antigravity.webbrowser", "names": ["args"], "parts": [harmless]},
        {"kind": "sequence", "type": "os.system", "parts": [harmless]},
        {"kind": "mapping", "type": "builtins.eval", "keys": ["a"], "parts": [harmless]},
        {"kind": "pickle", "data": "gASVHwAAAAAAAAA="},
    ):
        document["inputs"]["args"]["parts"][0] = node
        found = _evidence.replay(_document.write(project.evidence, document, "right"))
        assert found.state == "could not be replayed", node
    assert not (project.folder / "taken").exists()
    assert "antigravity" not in sys.modules


def test_an_array_that_unpacks_to_more_than_its_shape_is_refused() -> None:
    """A few bytes of text cannot fill the memory."""
    node = _leaves.encode_leaf(np.zeros(1000), UNKNOWN) | {"shape": [2]}
    with pytest.raises(DamagedError, match="must hold the 16 bytes of its shape"):
        _leaves.decode_leaf(node, UNKNOWN, "w")


# --- files ---------------------------------------------------------------------------------------------------------


def test_a_second_run_replaces_its_own_file(project: Project) -> None:
    """Also where the outcome is another; those of other gradients stay."""
    kept = project.keep("right")
    first = project.keep("wrong")
    assert first.name.endswith(".wrong.json")
    project.write(MODULE.replace("6 * w**2, (w,)", "3 * w**2, (w,)"))
    second = project.keep("wrong")
    assert sorted(project.evidence.iterdir()) == sorted([kept, second])
    assert second.name.endswith(".right.json")


def test_names_of_files_are_safe_and_unique() -> None:
    """Names that differ in case, in signs, in length only; devices; hidden files; other alphabets."""
    names = [
        "f",
        "F",
        "f/g",
        "f\\g",
        "f g",
        "f:g",
        "nul",
        "con.x",
        ".f",
        "ж",
        "a" * 300,
        "a" * 301,
        "",
        "\ud800",
    ]
    stems = [_document.file_stem("m.py", name).lower() for name in names]
    assert len(set(stems)) == len(names)
    for stem in stems:
        assert len(stem) < 120
        assert stem.isascii()
        assert stem.replace("_", "").replace("-", "").isalnum()


def test_a_file_is_there_whole_or_not_at_all(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where writing fails half way, the old file stays, and nothing beside it."""
    path = project.keep("right")
    before = path.read_text()

    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space"):
        project.keep("right")
    assert path.read_text() == before
    assert list(project.evidence.iterdir()) == [path]


def test_an_empty_folder_is_nothing_to_replay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Never a quiet pass."""
    assert run(str(tmp_path)) == 2
    assert "must hold evidence" in capsys.readouterr().err


def test_json_tells_every_file(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """State, verdicts and differences, and the exit status; a refuted file outweighs a missing one."""
    project.keep("right"), project.keep("wrong")
    project.write(MODULE.replace("6 * w**2, (w,)", "3 * w**2, (w,)"))
    assert run(str(project.evidence), "missing.json", "--format", "json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["status"] == 1
    assert [one["state"] for one in told["files"]] == ["holds", "no longer holds", "could not be replayed"]


def test_a_path_inside_of_the_current_folder_is_told_from_there(project: Project) -> None:
    """Also past a link to it: else the file would name where the project stands, and who has it there."""
    link = project.folder.parent / f"{project.name}_link"
    link.symlink_to(project.folder)
    for folder in (project.folder, link):
        assert _record.portable(str(folder / "grads.py")) == "grads.py"
    outside = (project.folder.parent / "grads.py").as_posix()
    assert _record.portable(outside) == outside


# --- inputs, bit for bit -------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    """A namedtuple."""

    a: Any
    b: Any


@dataclasses.dataclass(frozen=True)
class Frozen:
    """A dataclass whose constructor refuses to be called again."""

    a: Any
    b: Any = None

    def __post_init__(self) -> None:
        if not isinstance(self.a, np.ndarray):
            raise TypeError


def there_and_back(tree: Any, declared: Any = UNKNOWN) -> Any:
    """Through JSON."""
    return _inputs.decode(
        json.loads(json.dumps(_inputs.encode(tree, declared), allow_nan=False)), declared, "args"
    )


DTYPES = st.one_of(
    hnp.floating_dtypes(sizes=(16, 32, 64)),
    hnp.floating_dtypes(endianness=">"),
    hnp.complex_number_dtypes(),
    hnp.integer_dtypes(),
    hnp.boolean_dtypes(),
)


@given(DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, min_side=0))))
@settings(max_examples=100)
def test_arrays_come_back_bit_for_bit(array: Any) -> None:
    """Every float, complex, integer and boolean dtype in both byte orders, NaNs with what they carry."""
    found = there_and_back(array)
    assert type(found) is np.ndarray
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert found.tobytes() == array.tobytes()


@given(st.tuples(st.floats(), st.complex_numbers(), st.integers(), st.text(), st.binary()))
def test_numbers_and_texts_come_back_bit_for_bit(values: tuple[Any, ...]) -> None:
    """Python's own, and NumPy's scalars."""
    trees = [
        *values,
        None,
        True,
        np.float32(values[0] if abs(values[0]) < 1e38 else 0),
        np.int8(3),
        np.str_("x"),
    ]
    found = there_and_back(trees)
    assert list(map(repr, found)) == list(map(repr, trees))
    assert list(map(type, found)) == list(map(type, trees))


def test_containers_come_back_as_what_they_are() -> None:
    """Nested, in classes of their own, without running their constructors, also where they are drawn."""
    w = np.array([1.0, -0.0])
    tree = {
        "list": [w, (w, 1)],
        3: Pair(w, {"x": 2.5}),
        None: Frozen(w, [1]),
        "ordered": collections.OrderedDict(b=w, a=1),
    }
    found = there_and_back(tree)
    assert repr(found) == repr(tree)
    assert type(found["ordered"]) is collections.OrderedDict
    assert there_and_back(Frozen(w), Frozen(w)).a is not w


def test_what_cannot_be_stored_is_taken_from_the_declaration() -> None:
    """A value of a class of its own, beside an array that is stored; nothing is there to take where it is drawn."""
    marker, w = object(), np.ones(2)
    found = there_and_back({"w": w, "other": marker}, {"w": w + 1, "other": marker})
    assert found["other"] is marker
    assert np.array_equal(found["w"], w)
    with pytest.raises(DamagedError, match="the declaration must hold args"):
        there_and_back({"w": w, "other": marker})


def test_torch_tensors_come_back_bit_for_bit() -> None:
    """Every dtype, bfloat16 too, with what requires a gradient; skipped without torch."""
    torch = pytest.importorskip("torch")
    made = [
        torch.tensor([[1.1, float("nan")], [-0.0, 3e38]], dtype=dtype)
        for dtype in (torch.bfloat16, torch.float16, torch.float32, torch.float64, torch.complex64)
    ]
    made += [torch.tensor(3), torch.zeros(0), torch.nn.Parameter(torch.ones(2)), torch.eye(2)[:, 1]]
    made[2].requires_grad_(True)  # noqa: FBT003
    for tensor, found in zip(made, there_and_back(made), strict=True):
        assert (type(found), found.dtype, found.shape) == (type(tensor), tensor.dtype, tensor.shape)
        assert found.requires_grad == tensor.requires_grad
        assert _leaves.leaf_bytes(found) == _leaves.leaf_bytes(tensor)


def test_a_device_that_is_not_here_is_told() -> None:
    """A tensor that stood on another device; skipped without torch."""
    torch = pytest.importorskip("torch")
    node = _leaves.encode_leaf(torch.ones(2), UNKNOWN) | {"device": "xla"}
    with pytest.raises(DamagedError, match="must have a device 'xla'"):
        _leaves.decode_leaf(node, UNKNOWN, "x")


def test_jax_arrays_come_back_bit_for_bit() -> None:
    """Also bfloat16 and float64; skipped without JAX."""
    jax = pytest.importorskip("jax")
    from gradproof._frameworks._jax_evaluation import in_double  # noqa: PLC0415

    with in_double():
        made = [
            jax.numpy.asarray(np.array([1.1, np.nan, -0.0]), dtype=dtype)
            for dtype in ("bfloat16", "float16", "float32", "float64")
        ]
        made.append(jax.numpy.asarray(2.0))
    for array, found in zip(made, there_and_back(made), strict=True):
        assert (type(found), found.dtype, found.shape) == (type(array), array.dtype, array.shape)
        assert _leaves.leaf_bytes(found) == _leaves.leaf_bytes(array)


TORCH = """
import torch
import gradproof as gp

x = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
sines = gp.Differentiable(lambda x: torch.sin(x).sum(), args=(x,), name="sines")
torch.manual_seed({seed})
layer = gp.Differentiable(torch.nn.Linear(2, 3).double(), args=(x.detach(),), name="layer")
"""


def test_gradients_of_torch_are_replayed(project: Project) -> None:
    """Its own derivative; and a module whose parameters are not those that were examined is told."""
    pytest.importorskip("torch")
    project.write(TORCH.format(seed=0))
    paths = [project.keep("sines"), project.keep("layer")]
    assert [_evidence.replay(path).state for path in paths] == ["holds", "holds"]
    project.write(TORCH.format(seed=1))
    found = _evidence.replay(paths[1])
    assert found.state == "could not be replayed"
    assert "Give its parameters a fixed seed" in found.differences[0]


JAX = """
import jax
import jax.numpy as jnp
import gradproof as gp

sines = gp.Differentiable(lambda x: jnp.sin(x["a"]).sum(), args=({"a": jnp.array([1.0, -2.0])},), name="sines")
"""


def test_gradients_of_jax_are_replayed(project: Project) -> None:
    """With the versions of the framework among those of the file."""
    pytest.importorskip("jax")
    project.write(JAX)
    path = project.keep("sines")
    assert "jax" in json.loads(path.read_text())["versions"]
    assert _evidence.replay(path).state == "holds"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"schema": 1,', '"schema": 1, "schema": 1,'),
        lambda _: "[" * 100_000,
        lambda _: "[]",
        lambda _: "",
        lambda text: text.replace('"module"', '"\ud800"'.encode("utf-8", "surrogatepass").decode("latin-1")),
    ],
    ids=["a key twice", "too deep", "no object", "empty", "other keys"],
)
def test_what_is_no_evidence_is_refused(project: Project, spoil: Callable[[str], str]) -> None:
    """Without a traceback."""
    path = project.keep("right")
    path.write_text(spoil(path.read_text()), encoding="latin-1")
    assert run(str(path)) == 2


GUARDED = """
import numpy as np
import gradproof as gp

def grad(w):
    BODY
    return 2 * w

guarded = gp.Differentiable(lambda w: np.sum(w * w), grad, (np.array([1.0, -2.0]),), "guarded")
"""


def test_another_reason_is_told_where_nothing_was_compared(project: Project) -> None:
    """A gradient that overwrites its argument, then one that is not finite: both fail, neither has numbers."""
    project.write(GUARDED.replace("BODY", "w *= 2"))
    path = project.keep("guarded")
    assert _evidence.replay(path).state == "holds"
    project.write(GUARDED.replace("BODY", "w = w * np.nan"))
    found = _evidence.replay(path)
    assert (found.state, found.recorded, found.found) == ("no longer holds", "fail", "fail")
    assert found.differences[0].startswith("reason: ")


def test_another_cause_alone_is_a_note(project: Project) -> None:
    """A cause hangs on last bits: numbers that are the same within their bounds outweigh it."""
    document = json.loads(project.keep("wrong").read_text())
    document["report"]["diagnosis"] = None
    found = _evidence.replay(_document.write(project.evidence, document, "wrong"))
    assert found.state == "holds within bounds"
    assert found.notes[1].startswith("diagnosis: none then, factor 2")
