"""What a package offers stands in its `__all__`, and nothing else does."""

import importlib
import pkgutil
from types import ModuleType

import pytest

PACKAGES = ("gradproof_reference", "gradproof", "gradproof_experiments")


def public(package: ModuleType) -> set[str]:
    """Names that a package shows: no leading underscore, and no module that merely was imported."""
    names = {name for name in vars(package) if not name.startswith("_")}
    return {name for name in names if not isinstance(getattr(package, name), ModuleType)}


def faults(package: ModuleType) -> list[str]:
    """Everything in which `__all__` and the package disagree."""
    offered = list(package.__all__)
    plain = {name for name in offered if not isinstance(getattr(package, name, None), ModuleType)}
    return [
        *(f"{name} is public but not in __all__" for name in sorted(public(package) - set(offered))),
        *(f"{name} is in __all__ but does not exist" for name in offered if not hasattr(package, name)),
        *(f"{name} is in __all__ twice" for name in sorted(plain) if offered.count(name) > 1),
    ]


def undocumented(package: ModuleType) -> list[str]:
    """Functions and classes of `__all__` that have no docstring."""
    offered = [(name, getattr(package, name)) for name in package.__all__]
    return [name for name, value in offered if callable(value) and not value.__doc__]


@pytest.mark.parametrize("name", PACKAGES)
def test_all_is_what_is_public(name: str) -> None:
    """`__all__` of each package names what it shows, all of it, once, with docstrings."""
    package = importlib.import_module(name)
    assert faults(package) == []
    assert undocumented(package) == []


def test_what_a_module_of_the_reference_offers_stands_at_the_top() -> None:
    """Every name in the `__all__` of a formula module is offered by gradproof_reference itself."""
    package = importlib.import_module("gradproof_reference")
    apart = {
        "as_printed",
        "ledger",
    }  # the wrong forms are asked for by name; the ledger is data about the rest
    modules = [m.name for m in pkgutil.iter_modules(package.__path__) if not m.name.startswith("_")]
    assert modules
    for name in set(modules) - apart:
        offered = importlib.import_module(f"gradproof_reference.{name}").__all__
        assert set(offered) <= set(package.__all__), name


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"stray": len}, "stray is public but not in __all__"),
        ({"__all__": ["there", "gone"]}, "gone is in __all__ but does not exist"),
        ({"__all__": ["there", "there"]}, "there is in __all__ twice"),
    ],
)
def test_a_planted_fault_is_named(change: dict[str, object], fault: str) -> None:
    """A package with a stray, a missing or a doubled name is told apart from a clean one."""
    package = ModuleType("scratch")
    vars(package).update({"__all__": ["there"], "there": abs, "module": pkgutil, "_private": len})
    assert faults(package) == []
    vars(package).update(change)
    assert faults(package) == [fault]


def test_a_missing_docstring_is_named() -> None:
    """A public function without a docstring is told apart from one that has it."""
    package = ModuleType("scratch")
    vars(package).update({"__all__": ["bare", "abs"], "bare": lambda: None, "abs": abs})
    assert undocumented(package) == ["bare"]
