"""How often the reference calls NumPy: its own source, with a counter at every place where NumPy can be entered.

No hook of the interpreter sees these calls: `sys.setprofile` reports no ufunc and no operator, and a subclass of
ndarray is gone after the first `np.asarray`. So the source is compiled once more, under another name, with the
counter in it. Counted are calls of NumPy's functions, ufuncs, types and array methods, operators and indexing of
arrays and NumPy scalars; not what NumPy calls in turn, attributes such as `shape`, and builtins such as `len`.
"""

import ast
import functools
import importlib
import importlib.util
import sys
from collections.abc import Callable
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

_ARRAYS = (np.ndarray, np.generic)
_OWNERS = (*_ARRAYS, np.ufunc, np.random.Generator)


class Counter:
    """The calls so far; the methods are what the compiled source calls. Each returns its argument."""

    def __init__(self) -> None:
        self.calls = 0

    def called(self, function: Any) -> Any:
        """Count where a function that is about to be called is NumPy's."""
        inner = function.func if isinstance(function, functools.partial) else function
        owner = getattr(inner, "__self__", None)
        module = getattr(inner, "__module__", None) or ""
        if isinstance(inner, np.ufunc) or isinstance(owner, _OWNERS) or module.partition(".")[0] == "numpy":
            self.calls += 1
        return function

    def used(self, operand: Any, *others: Any) -> Any:
        """Count where an operand of an operator, or what is indexed, is NumPy's."""
        self.calls += any(isinstance(value, _ARRAYS) for value in (operand, *others))
        return operand


class _Counting(ast.NodeTransformer):
    """Put `COUNTER.called(...)` around what is called and `COUNTER.used(...)` around what is operated on."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.func = _through("called", node.func)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.op, ast.Not):
            node.operand = _through("used", node.operand)
        return node

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        node.value = _through("used", node.value)
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        return _operator(ast.BinOp(_name("_left"), node.op, _name("_right")), node.left, node.right)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) > 1 or isinstance(node.ops[0], ast.Is | ast.IsNot | ast.In | ast.NotIn):
            return node
        return _operator(
            ast.Compare(_name("_left"), node.ops, [_name("_right")]), node.left, node.comparators[0]
        )

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        # What is read again is a name, or a view of an array: `w -= v`, `buffer[...] += v`.
        target = ast.parse(ast.unparse(node.target), mode="eval").body
        self.generic_visit(node)
        node.value = _through("used", node.value, target)
        return node


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _through(method: str, *values: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(_name("COUNTER"), method, ast.Load()), list(values), [])


def _operator(operation: ast.expr, left: ast.expr, right: ast.expr) -> ast.Call:
    """Return a call that evaluates the operands once, counts, and operates."""
    operation = ast.fix_missing_locations(operation)
    body = ast.Subscript(
        ast.Tuple([_through("used", _name("_left"), _name("_right")), operation], ast.Load()),
        ast.Constant(1),
        ast.Load(),
    )
    names = [ast.arg("_left"), ast.arg("_right")]
    arguments = ast.arguments(posonlyargs=names, args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.Call(ast.Lambda(arguments, body), [left, right], [])


class _Source(MetaPathFinder, Loader):
    """Finds the modules of a package under another name, and compiles them with the counter."""

    def __init__(self, folder: Path, alias: str, counter: Counter) -> None:
        self._folder, self._alias, self._counter = folder, alias, counter

    def find_spec(self, fullname: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        if fullname != self._alias and not fullname.startswith(self._alias + "."):
            return None
        place = self._folder.joinpath(*fullname.split(".")[1:])
        is_package = (place / "__init__.py").is_file()
        file = place / "__init__.py" if is_package else place.with_suffix(".py")
        return importlib.util.spec_from_file_location(
            fullname, file, loader=self, submodule_search_locations=[str(place)] if is_package else None
        )

    def create_module(self, _spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        path = Path(str(module.__file__))
        tree = _Counting().visit(ast.parse(path.read_text("utf-8")))
        module.__dict__["COUNTER"] = self._counter
        exec(compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  the reference's own source


def counted(folder: Path, alias: str) -> tuple[ModuleType, Counter]:
    """Import the package in a folder under another name, with a counter of its calls of NumPy."""
    counter = Counter()
    sys.meta_path.insert(0, _Source(folder, alias, counter))
    return importlib.import_module(alias), counter


@functools.cache
def counted_reference() -> tuple[ModuleType, Counter]:
    """Import `gradproof_reference` once more, with a counter."""
    package = importlib.import_module("gradproof_reference")
    return counted(Path(str(package.__file__)).parent, "counted_gradproof_reference")


def calls_per_step(counter: Counter, train: Callable[[int], object], n_steps: int = 4) -> float:
    """Calls of NumPy in one step: those of 2k steps less those of k, so that what is done once drops out."""
    seen = []
    for steps in (n_steps, 2 * n_steps):
        before = counter.calls
        train(steps)
        seen.append(counter.calls - before)
    return (seen[1] - seen[0]) / n_steps
