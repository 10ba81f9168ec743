"""Where a gradient is written: the user's own line, through whatever is wrapped around it, and None where there is none."""

import functools
import importlib.util
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradproof._place import place_of
from gradproof._results import Place

# Each name in it stands in a line of its own: the line that place_of must find is searched for as text.
SOURCE = '''
import functools

def plain(w):
    return w

def decorator(function):
    @functools.wraps(function)
    def wrapper(*args):
        return function(*args)
    return wrapper

def twice(function):
    return decorator(decorator(function))

def decorated(w):
    return w

unnamed = lambda w: w

class Layer:
    def method(self, w):
        return w

    @classmethod
    def of_class(cls, w):
        return w

    @staticmethod
    def static(w):
        return w

    def __call__(self, w):
        return w

    half = functools.partialmethod(method, 0.5)

class Decorated:
    def __init__(self, function):
        functools.update_wrapper(self, function)

    def __call__(self, *args):
        return self.__wrapped__(*args)

class Holder:
    """Holds a function, and is another."""
    def __init__(self, func):
        self.func = func

    def __call__(self, w):  # of Holder
        return w

class Inventive:
    def __getattr__(self, name):
        return lambda *args: None

    def __call__(self, w):  # of Inventive
        return w
'''


def loaded(path: Path) -> types.ModuleType:
    """A module from a file, not among those that are imported."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> types.ModuleType:
    """A module of somebody else."""
    path = tmp_path_factory.mktemp("user") / "user_module.py"
    path.write_text(SOURCE, encoding="utf-8")
    return loaded(path)


def numba_like(function: Any) -> Any:
    """A dispatcher that was compiled, beside the function that it was compiled from."""
    return types.SimpleNamespace(py_func=function)


CASES: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "function": ("def plain", lambda m: m.plain),
    "lambda": ("unnamed = lambda", lambda m: m.unnamed),
    "wraps": ("def decorated", lambda m: m.decorator(m.decorated)),
    "wraps three times": ("def decorated", lambda m: m.decorator(m.twice(m.decorated))),
    "partial": ("def plain", lambda m: functools.partial(m.plain, 1)),
    "partial of a wrapper": ("def decorated", lambda m: functools.partial(m.decorator(m.decorated), 1)),
    "partial of a partial": ("def plain", lambda m: functools.partial(functools.partial(m.plain), 1)),
    "partialmethod": ("def method", lambda m: m.Layer().half),
    "partialmethod itself": ("def method", lambda m: vars(m.Layer)["half"]),
    "bound method": ("def method", lambda m: m.Layer().method),
    "unbound method": ("def method", lambda m: m.Layer.method),
    "classmethod": ("@classmethod", lambda m: m.Layer.of_class),
    "classmethod itself": ("@classmethod", lambda m: vars(m.Layer)["of_class"]),
    "staticmethod": ("@staticmethod", lambda m: m.Layer.static),
    "callable object": ("def __call__(self, w):\n", lambda m: m.Layer()),
    "class of no loaded module": ("def method", lambda m: m.Layer),
    "decorator object": ("def plain", lambda m: m.Decorated(m.plain)),
    "object that holds another": ("def __call__(self, w):  # of Holder", lambda m: m.Holder(m.plain)),
    "object that invents": ("def __call__(self, w):  # of Inventive", lambda m: m.Inventive()),
    "cached": ("def plain", lambda m: functools.lru_cache(m.plain)),
    "numba": ("def plain", lambda m: numba_like(m.plain)),
    "vectorize": ("def plain", lambda m: np.vectorize(m.plain)),
    "wrapped built-in": ("def wrapper", lambda m: m.decorator(len)),
}


@pytest.mark.parametrize(("text", "function"), CASES.values(), ids=CASES)
def test_the_users_own_line_is_found(text: str, function: Any, written: Any) -> None:
    """The one on which the function begins, decorators included; a C function inside leads to its Python wrapper."""
    lines = (SOURCE + "\n").split(text)[0].count("\n")
    # A def that is wrapped by a decorator in the source begins at the decorator.
    expected = lines if text == "def wrapper" else lines + 1
    assert place_of(function(written)) == Place(Path(written.__file__).as_posix(), expected)


def test_a_class_is_where_it_begins(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its module is loaded."""
    monkeypatch.setitem(sys.modules, "user_module", written)
    line = SOURCE.split("class Layer", maxsplit=1)[0].count("\n") + 1
    assert place_of(written.Layer) == Place(Path(written.__file__).as_posix(), line)


def of_exec() -> Any:
    """A function that stands in no file."""
    names: dict[str, Any] = {}
    exec(compile("def grad(w):\n    return w\n", "<string>", "exec"), names)  # noqa: S102  what is tested
    return names["grad"]


def endless() -> Any:
    """A function that wraps itself."""

    def grad(w: Any) -> Any:
        return w

    grad.__wrapped__ = grad  # type: ignore[attr-defined]
    return grad


class Hostile:
    """Raises whenever it is touched."""

    def __getattribute__(self, name: str) -> Any:
        """Raise."""
        raise RuntimeError(name)


@pytest.mark.parametrize(
    "function",
    [None, len, np.sum, np.exp, dict, int.__add__, [].append, of_exec(), 3, object()],
    ids=[
        "None",
        "C",
        "numpy",
        "ufunc",
        "class in C",
        "slot",
        "method in C",
        "exec",
        "int",
        "object",
    ],
)
def test_what_stands_in_no_file_of_the_users_has_no_place_or_a_true_one(function: Any) -> None:
    """It never raises; a place that it gives is that of a file."""
    place = place_of(function)
    assert place is None or Path(place.path).is_file()
    if function is not np.sum:
        assert place is None


def test_an_object_that_raises_whenever_it_is_touched_has_no_place() -> None:
    """A place is a courtesy: looking for one breaks nothing."""
    assert place_of(Hostile()) is None  # type: ignore[arg-type]


def test_a_circle_ends() -> None:
    """A function that wraps itself is where it is."""
    place = place_of(endless())
    assert place is not None
    assert place.path.endswith("test_place.py")


def test_a_path_is_relative_inside_of_the_current_folder_and_absolute_outside(
    written: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With forward slashes."""
    folder = Path(written.__file__).parent
    monkeypatch.chdir(folder)
    assert place_of(written.plain) == Place("user_module.py", 4)
    monkeypatch.chdir(folder.parent)
    assert place_of(written.plain) == Place(f"{folder.name}/user_module.py", 4)
    monkeypatch.chdir(tmp_path)
    assert place_of(written.plain) == Place(Path(written.__file__).as_posix(), 4)


def test_a_file_that_is_gone_is_no_place(tmp_path: Path) -> None:
    """As of a notebook's cell, or of a package that was compiled elsewhere."""
    path = tmp_path / "gone.py"
    names: dict[str, Any] = {}
    exec(compile("def grad(w):\n    return w\n", str(path), "exec"), names)  # noqa: S102  what is tested
    assert place_of(names["grad"]) is None
    path.write_text("", encoding="utf-8")
    assert place_of(names["grad"]) == Place(path.as_posix(), 1)


FRAMEWORKS = {
    "torch": """
import torch

class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x**3

    @staticmethod  # expected: function
    def backward(ctx, g):
        return g

class Net(torch.nn.Module):
    def forward(self, x):  # expected: module
        return x

found = {"function": Cube.apply, "module": Net()}
""",
    "jax": """
import jax

def cube(x):  # expected: jit
    return x**3

@jax.custom_vjp  # expected: custom
def square(x):
    return x**2

square.defvjp(lambda x: (x**2, x), lambda x, g: (g,))

found = {"jit": jax.jit(cube), "custom": square}
""",
    "autograd": """
import autograd
from autograd.extend import primitive

@primitive  # expected: primitive
def cube(x):
    return x**3

found = {"primitive": cube}
""",
}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_what_frameworks_wrap_is_found(framework: str, tmp_path: Path) -> None:
    """The backward of a torch function, the forward of a module, what jit, custom_vjp and primitive wrap."""
    pytest.importorskip(framework, reason=f"{framework} is not installed: requirements/frameworks.txt")
    source = FRAMEWORKS[framework]
    path = tmp_path / "wrapped.py"
    path.write_text(source, encoding="utf-8")
    expected = {
        line.partition("expected: ")[2]: Place(path.as_posix(), number)
        for number, line in enumerate(source.splitlines(), start=1)
        if "expected: " in line
    }
    assert {name: place_of(function) for name, function in loaded(path).found.items()} == expected
