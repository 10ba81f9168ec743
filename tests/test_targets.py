"""What `gradproof check` can be pointed at: modules, files, folders, and single gradients in them."""

import sys
from pathlib import Path

import pytest

from gradproof._collection import NothingDeclaredError, load
from gradproof._commands._targets import BrokenModuleError, Source, TargetError, _split, declared_in, sources

DECLARES = """
import numpy as np
import gradproof as gp

def make(name):
    return gp.Differentiable(lambda w: np.sum(w**3), lambda w: 3 * w**2, (np.ones(2),), name)

cube = make("power three")
family = {"a": make("first"), "b": make("second")}
_hidden = make("hidden")
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return tmp_path


def write(path: str, text: str = DECLARES) -> None:
    """Put a file into the current folder."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def names(target: str) -> list[str]:
    """Declared names that a target leads to."""
    return [operation.name for source in sources(target) for operation in declared_in(source)]


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("targets_here.py", ["power three", "first", "second"]),
        ("targets_here", ["power three", "first", "second"]),
        ("targets_here.py:cube", ["power three"]),
        ("targets_here:power three", ["power three"]),
        ("targets_here.py::family", ["first", "second"]),
        ("targets_here:_hidden", ["hidden"]),
    ],
)
def test_a_module_may_be_followed_by_a_variable_or_a_declared_name(target: str, found: list[str]) -> None:
    """A variable may hold a collection, and may be private; two colons are one, as pytest writes them."""
    write("targets_here.py")
    assert names(target) == found


@pytest.mark.parametrize(
    ("target", "place", "name"),
    [
        ("C:\\folder\\grads.py:cube", "C:\\folder\\grads.py", "cube"),
        ("C:/folder/grads.py", "C:/folder/grads.py", ""),
        ("c:cube", "c", "cube"),
        ("package.module:a:b", "package.module", "a:b"),
    ],
)
def test_the_colon_of_a_drive_parts_nothing(target: str, place: str, name: str) -> None:
    """A module named by one letter is told from a drive by what follows."""
    assert _split(target) == (place, name)


def test_an_unknown_name_is_told_with_the_nearest_and_all_there_are() -> None:
    """Variables first, then the names that are declared and not variables too."""
    write("targets_here.py")
    with pytest.raises(TargetError) as refused:
        names("targets_here.py:famly")
    assert str(refused.value) == (
        "a name must be declared in targets_here.py; got 'famly'. Did you mean family? "
        "There are cube, family, _hidden, power three, first, second."
    )


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        ("gone.py", "there is no such file"),
        ("gone/", "there is no such folder"),
        ("gone_module", "must be a module that can be imported from here; got 'gone_module'"),
        ("gone.module", "must be a module that can be imported from here; got 'gone.module'"),
        ("folder/:cube", "only a module or a file can be followed by :name"),
        ("folder/", "a folder must hold a file that declares a Differentiable"),
    ],
)
def test_a_target_that_is_not_there_is_refused(target: str, complaint: str) -> None:
    """File, folder, module, and a folder without gradients."""
    write("folder/other.py", "raise SystemExit('not to be imported')")
    with pytest.raises(TargetError, match=complaint):
        names(target)


def test_a_folder_is_every_file_in_it_that_speaks_of_gradients() -> None:
    """In order; others, which may do anything when imported, are not; nor are hidden folders and environments."""
    write("many/b.py")
    write("many/a/deep.py")
    write("many/setup.py", "raise SystemExit('not to be imported')")
    for outside in (".hidden", "__pycache__", "own_venv"):
        write(f"many/{outside}/x.py")
    write("many/own_venv/pyvenv.cfg", "")
    assert [source.shown for source in sources("many/")] == ["many/b.py", "many/a/deep.py"]
    assert [source.shown for source in sources("many")] == ["many/b.py", "many/a/deep.py"]


def test_a_package_without_a_slash_is_the_module() -> None:
    """As it is imported; with a slash it is the folder."""
    write("pack_here/__init__.py")
    write("pack_here/more.py")
    assert sources("pack_here") == (Source("pack_here", "pack_here"),)
    assert len(sources("pack_here/")) == 2


def test_a_file_that_does_not_speak_of_gradients_is_left_out_where_asked() -> None:
    """pre-commit passes every file that changed."""
    write("setup_here.py", "raise SystemExit('not to be imported')")
    assert sources("setup_here.py", only_declaring=True) == ()
    assert len(sources("setup_here.py")) == 1


def test_two_files_of_one_name_are_two_modules() -> None:
    """Each with its own gradients; the first is what others import by that name."""
    write("a/grads_here.py")
    write("b/grads_here.py", DECLARES.replace("power three", "other"))
    assert names("a/grads_here.py:cube") == ["power three"]
    assert names("b/grads_here.py:cube") == ["other"]
    assert load("a/grads_here.py") is sys.modules["grads_here"]
    assert load("b/grads_here.py") is load("b/grads_here.py")


def test_a_file_named_like_a_module_of_python_is_still_found() -> None:
    """json.py in the current folder is not Python's json."""
    write("json.py")
    assert names("json.py:cube") == ["power three"]


def test_a_file_of_a_package_may_import_from_its_package() -> None:
    """It is the module that the package itself would import."""
    write("pack_rel/__init__.py", "")
    write("pack_rel/base.py")
    write("pack_rel/sub/__init__.py", "")
    write("pack_rel/sub/use.py", "from ..base import cube  # a Differentiable")
    assert names("pack_rel/sub/use.py") == ["power three"]
    assert load("pack_rel/sub/use.py").__name__ == "pack_rel.sub.use"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("import gone_for_good", ModuleNotFoundError),
        ("1 +", SyntaxError),
        ("raise SystemExit(0)", SystemExit),
        ("1 / 0", ZeroDivisionError),
    ],
)
def test_a_module_that_raises_is_broken_and_not_missing(text: str, error: type[BaseException]) -> None:
    """Its own missing import, too, is told from a missing target."""
    write("broken_here.py", text)
    with pytest.raises(BrokenModuleError) as broken:
        names("broken_here")
    assert isinstance(broken.value.__cause__, error)


def test_a_module_without_gradients_and_one_with_a_name_twice_are_told_apart() -> None:
    """The first may be no fault, as within a folder; the second always is."""
    write("none_here.py", "x = 1")
    with pytest.raises(NothingDeclaredError):
        names("none_here.py")
    write("twice_here.py", DECLARES.replace("power three", "first"))
    with pytest.raises(TargetError, match=r"names must differ in twice_here; got 'first' twice"):
        names("twice_here.py")
