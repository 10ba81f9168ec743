"""The deterministic costs of the asv suite: the same number on every run, and another one where the cost moves."""

import json
import math
import os
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from benchmarks import costs, instructions, networks, training_costs
from benchmarks.numpy_calls import calls_per_step, counted, counted_reference

import gradproof as gp
import gradproof_reference as ref

Function = Callable[[np.ndarray], Any]
ROOT = Path(__file__).resolve().parents[1]
# Every track_ benchmark but the instructions, as asv would call it: {"class, parameters": number}.
ALL_COSTS = """
import itertools, json
from benchmarks import costs, training_costs

numbers = {}
for module in (costs, training_costs):
    for name, kind in vars(module).items():
        tracks = [getattr(kind, method) for method in dir(kind) if method.startswith("track_")]
        for track, chosen in itertools.product(tracks, itertools.product(*getattr(kind, "params", []))):
            benchmark = kind()
            try:
                getattr(benchmark, "setup", lambda *_: None)(*chosen)
            except NotImplementedError:
                continue
            numbers[f"{name} {chosen}"] = track(benchmark, *chosen)
print(json.dumps(numbers))
"""
OTHER_MACHINE = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "OPENBLAS_CORETYPE": "Nehalem",
}
needs_valgrind = pytest.mark.skipif(shutil.which("valgrind") is None, reason="valgrind is not installed")


def start_fresh_process(**environment: str) -> subprocess.Popen[str]:
    """Start a new interpreter that computes them all."""
    path = os.pathsep.join([str(ROOT / "benchmarks"), os.environ.get("PYTHONPATH", "")])
    return subprocess.Popen(
        [sys.executable, "-c", ALL_COSTS],
        env=os.environ | {"PYTHONPATH": path} | environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_every_cost_is_the_same_in_another_process_with_other_hashes_and_vector_units() -> None:
    """Neither the hash seed nor the machine's instructions move a number by one."""
    with (
        start_fresh_process(PYTHONHASHSEED="1") as one,
        start_fresh_process(PYTHONHASHSEED="2", **OTHER_MACHINE) as other,
    ):
        first, second = (json.loads(process.communicate()[0]) for process in (one, other))
    assert first == second
    assert {name.split()[0] for name in first} == {
        "Evaluations",
        "Localisation",
        "LocalisationEvaluations",
        "Iterations",
        "NumpyCalls",
        "Temporaries",
    }


@pytest.mark.parametrize("mode", ["entries", "vectorized", "directions"])
def test_one_more_evaluation_of_a_checker_is_counted(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checker that asks f once more costs one evaluation more; the count is the report's own."""
    point = np.linspace(0.5, 1, 20)
    before = costs.evaluations(costs.complex_cubes, point, mode)
    check, reports = gp.check_gradient, []

    def once_more(f: Function, grad: Function, w: np.ndarray, **options: Any) -> None:
        f(w)
        reports.append(check(f, grad, w, **options))

    monkeypatch.setattr(gp, "check_gradient", once_more)
    assert costs.evaluations(costs.complex_cubes, point, mode) == before + 1
    assert reports[0].evaluations.f == before


def test_a_function_of_real_numbers_makes_the_checker_ask_more() -> None:
    """Differences cost more points than the complex step."""
    point = np.linspace(0.5, 1, 20)
    by_complex_step = costs.evaluations(costs.complex_cubes, point, "entries")
    assert costs.evaluations(costs.real_cubes, point, "entries") > by_complex_step


def test_one_more_direction_of_a_search_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that asks along one more direction costs one, however many steps it takes along it."""
    before = costs.localise(costs.complex_cubes, 2)
    examine = gp.examine_gradient
    along = np.sign(np.random.default_rng(1).normal(size=costs.N_LOCALISED))

    def once_more(f: Function, grad: Function, w: np.ndarray, **options: Any) -> gp.GradientReport:
        f(w + 0.125 * along), f(w - 0.25 * along), f(w + 1e-20j * along)
        return examine(f, grad, w, **options)

    monkeypatch.setattr(gp, "examine_gradient", once_more)
    after = costs.localise(costs.complex_cubes, 2)
    assert after.directions == before.directions + 1
    assert after.evaluations == before.evaluations + 3


def test_bisection_costs_at_least_a_direction_for_every_halving_to_a_small_part() -> None:
    """One wrong entry among 4096 is found by halving them to parts of four, at one direction or more for each."""
    assert costs.localise(costs.complex_cubes, 1).directions >= math.log2(costs.N_LOCALISED / 4)


def test_localisation_is_refused_where_a_planted_error_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that stops early is a broken benchmark, not a fast one."""
    examine = gp.examine_gradient

    def without_the_last(*args: Any, **options: Any) -> gp.GradientReport:
        report = examine(*args, **options)
        return replace(report, compared=type(report.compared)(*(column[:-1] for column in report.compared)))

    monkeypatch.setattr(gp, "examine_gradient", without_the_last)
    with pytest.raises(AssertionError, match="must be named"):
        costs.localise(costs.complex_cubes, 4)


def test_iterations_are_those_of_the_closed_form() -> None:
    """Plain: (99/101)ᵗ. At λ*, τ* the slowest eigenvalue is double, and its error rᵗ(1 + (1 + r)t) with r = 9/11."""
    plain = math.ceil(math.log(1e-6) / math.log(99 / 101))
    r = 9 / 11
    optimal = next(t for t in range(10_000) if r**t * (1 + (1 + r) * t) <= 1e-6)
    assert (costs.iterations("none"), costs.iterations("optimal")) == (plain, optimal)


def test_a_slower_rate_takes_more_iterations(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth less of the best learning rate costs steps."""
    best, before = ref.optimal_learning_rate, costs.iterations("none")
    monkeypatch.setattr(ref, "optimal_learning_rate", lambda *args: 0.9 * best(*args))
    assert costs.iterations("none") > before


COUNTED = """
import functools
import numpy as np

twice = functools.partial(np.multiply, 2)

def step(w, out):
    s = w.sum(axis=0)              # 1: a method
    s = np.exp(s, out=s)           # 2: a ufunc
    s = -s + w @ w                 # 5: three operators
    out[...] = s                   # 6: indexing
    out -= 1                       # 7: in place
    n = len(w) + w.shape[0]        # a builtin, an attribute: none
    if n > 7 and not (w is None):  # numbers of Python: none
        return twice(out)          # 8: through partial
    return out == np.zeros(3)      # 9: a comparison and a function
"""


def test_numpy_is_counted_where_the_source_enters_it(tmp_path: Path) -> None:
    """Counted by hand: eight calls for a large w, nine for a small one."""
    (tmp_path / "__init__.py").write_text(COUNTED, "utf-8")
    package, counter = counted(tmp_path, "counted_by_hand")
    package.step(np.eye(4), np.zeros((4, 4)))
    assert counter.calls == 8
    package.step(np.eye(3), np.zeros((3, 3)))
    assert counter.calls == 8 + 9


def test_what_is_counted_computes_the_same() -> None:
    """The counter changes no result of the reference."""
    package, _ = counted_reference()
    logits = np.random.default_rng(0).normal(size=(5, 3))
    expected = ref.softmax_cross_entropy_gradient(logits, [0, 1, 2, 0, 1])
    np.testing.assert_array_equal(package.softmax_cross_entropy_gradient(logits, [0, 1, 2, 0, 1]), expected)


def test_one_more_call_of_numpy_in_a_step_is_counted(tmp_path: Path) -> None:
    """One needless ufunc per array of the parameters: four more calls in a step of two layers, none by set-up."""
    folder = shutil.copytree(Path(ref.__file__).parent, tmp_path / "reference")
    module = folder / "momentum.py"
    source, line = module.read_text("utf-8"), "        return per_model_of_leaf("
    assert source.count(line) == 1
    module.write_text(source.replace(line, "        np.negative(gradient)\n" + line), "utf-8")
    found = []
    for package, counter in (counted_reference(), counted(folder, "counted_dearer_reference")):
        found.append(
            calls_per_step(
                counter,
                lambda n, package=package: training_costs.train(
                    package, "train", n_examples=4 * n, n_epochs=1, batch_size=4
                ),
            )
        )
    assert found[1] == found[0] + 4


@pytest.mark.parametrize(("n_numbers", "expected"), [(0, 0), (2**16, 2**19), (2**17, 2**20)])
def test_temporaries_are_the_arrays_that_a_step_makes_and_drops(n_numbers: int, expected: int) -> None:
    """A step that makes an array of 2¹⁶ float64 for a moment holds 2¹⁹ bytes more; what is kept throughout is not counted."""

    def train_mlp(_layers: Any, x: Any, _labels: Any, *, n_epochs: int, rng: Any, **_options: Any) -> None:
        kept = np.zeros(2**18)
        for _ in range(n_epochs):
            rng.permutation(len(x))
            if n_numbers:
                np.empty(n_numbers)[:] = 1
            kept += 1

    package = SimpleNamespace(Layer=ref.Layer, train_mlp=train_mlp)
    assert training_costs.step_temporaries(package, "train_mlp") == expected


def test_temporaries_need_one_order_per_epoch() -> None:
    """A loop that draws all orders beforehand shows no steps, and that is said."""
    package = SimpleNamespace(Layer=ref.Layer, train_mlp=lambda *_args, **_options: None)
    with pytest.raises(AssertionError, match="must draw an order"):
        training_costs.step_temporaries(package, "train_mlp")


def test_a_loop_that_a_commit_lacks_is_skipped() -> None:
    """Asv skips on NotImplementedError, and only on that."""
    with pytest.raises(NotImplementedError, match="no train_mlp"):
        networks.require_loop(SimpleNamespace(), "train_mlp")


def test_the_kernels_are_those_of_the_program() -> None:
    """The names that asv lists are those that the program runs."""
    assert tuple(runpy.run_path(str(instructions.PROGRAM))["KERNELS"]) == instructions.NAMES


def test_instructions_of_one_repetition_leave_out_what_is_done_once() -> None:
    """With marks, k repetitions cost 10 + 5k and 2k cost 10 + 10k: one costs 5."""
    k = 4
    between = [1_000_000, 10 + 5 * k, 10 + 10 * k, 700, 10 + 7 * k, 10 + 14 * k]
    assert instructions.per_repetition(f"one {k}\ntwo {k}\n", between) == {"one": 5, "two": 7}


@pytest.mark.parametrize(("output", "between"), [("", []), ("one 1\n", [1, 2]), ("one 1\n", [1, 2, 3, 4])])
def test_missing_marks_are_an_error(output: str, between: list[int]) -> None:
    """Nothing measured is not nothing spent."""
    with pytest.raises(RuntimeError, match="must leave 3 marks"):
        instructions.per_repetition(output, between)


def test_without_valgrind_each_kernel_is_skipped_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """No valgrind: an empty cache, and a skip that says why."""
    monkeypatch.setattr(shutil, "which", lambda _: None)
    benchmark = instructions.Instructions()
    counts = benchmark.setup_cache()
    with pytest.raises(NotImplementedError, match="valgrind, which is not installed"):
        benchmark.setup(counts, "check_gradient")


def test_a_counted_process_imports_what_this_one_does_and_sees_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The packages under test come first on its path; of the rest of the environment only what is pinned."""
    monkeypatch.setenv("PYTHONPATH", "last")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.setenv("UNRELATED", "yes")
    environment = instructions.environment()
    roots = {str(Path(package.__file__).parents[1]) for package in (gp, ref)}
    *first, last = environment["PYTHONPATH"].split(os.pathsep)
    assert (set(first), last) == (roots, "last")
    assert environment["OMP_NUM_THREADS"] == "1"
    assert "UNRELATED" not in environment


@needs_valgrind
def test_instructions_follow_the_work(tmp_path: Path) -> None:
    """Under valgrind itself: twice the work takes twice the instructions, within one per cent, whatever comes before."""
    program = tmp_path / "program.py"
    program.write_text(
        "import os\n"
        "for name, size in (('some', 20_000), ('twice', 40_000)):\n"
        "    os.getppid()\n"
        "    for k in (3, 6):\n"
        "        for _ in range(k):\n"
        "            for number in range(size): pass\n"
        "        os.getppid()\n"
        "    print(name, 3)\n",
        "utf-8",
    )
    counts = instructions.instructions(program)
    assert counts["twice"] == pytest.approx(2 * counts["some"], rel=0.01)
    assert counts["some"] > 20_000


@needs_valgrind
def test_a_program_that_fails_under_valgrind_is_an_error(tmp_path: Path) -> None:
    """Its last words are in the message."""
    program = tmp_path / "program.py"
    program.write_text("raise SystemExit('no kernels today')", "utf-8")
    with pytest.raises(RuntimeError, match="no kernels today"):
        instructions.instructions(program)
