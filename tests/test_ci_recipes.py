"""The recipes for other people's CI: each is valid by its published schema, and runs."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from installation import BROKEN, FORGOTTEN_LINE, GRADIENTS, RIGHT, ROOT, WRONG, Environment, blocks

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
SCHEMAS = {"jobs": "vendor.github-workflows", "repos": "pre-commit", "gradients": "vendor.gitlab-ci"}
RECIPES = [
    (block, schema)
    for block in blocks(PAGE, "yaml")
    for key, schema in SCHEMAS.items()
    if key in yaml.safe_load(block)
]
needs_bash = pytest.mark.skipif(
    shutil.which("bash") is None, reason="the action's steps are written for bash"
)


# --- formats ----------------------------------------------------------------------------------------------------------


def faults(text: str, schema: str, folder: Path) -> str:
    """What a published schema has against a file; empty where it has nothing."""
    path = folder / "file.yml"
    path.write_text(text, encoding="utf-8")
    if schema == "pre-commit":
        command = ["pre_commit", "validate-config", str(path)]
    elif schema == "pre-commit-hooks":
        command = ["pre_commit", "validate-manifest", str(path)]
    else:
        command = ["check_jsonschema", "--builtin-schema", schema, str(path)]
    home = {**os.environ, "PRE_COMMIT_HOME": str(folder / "home")}
    run = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False, env=home
    )
    return run.stdout + run.stderr if run.returncode else ""


def test_the_page_shows_recipes_for_each_system() -> None:
    """Each YAML block of the page belongs to one system, and none is missing."""
    assert len(RECIPES) == len(blocks(PAGE, "yaml"))
    assert {schema for _, schema in RECIPES} == set(SCHEMAS.values())


@pytest.mark.parametrize(("recipe", "schema"), RECIPES)
def test_a_recipe_is_valid(recipe: str, schema: str, tmp_path: Path) -> None:
    """The schema that the system publishes takes it."""
    assert faults(recipe, schema, tmp_path) == ""


@pytest.mark.parametrize(
    ("name", "schema"),
    [("action.yml", "vendor.github-actions"), (".pre-commit-hooks.yaml", "pre-commit-hooks")],
)
def test_what_others_call_is_valid(name: str, schema: str, tmp_path: Path) -> None:
    """The action and the hooks are what GitHub and pre-commit expect."""
    assert faults((ROOT / name).read_text(encoding="utf-8"), schema, tmp_path) == ""


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("name: a\ndescription: b\nruns:\n  using: composite\n", "vendor.github-actions"),
        ("on: push\njobs:\n  a:\n    runs-on: x\n    step: []\n", "vendor.github-workflows"),
        ("gradients:\n  script: 3\n", "vendor.gitlab-ci"),
        ("repos:\n- repo: a\n  hooks: []\n", "pre-commit"),
        ("- id: a\n  name: b\n  language: python\n", "pre-commit-hooks"),
    ],
)
def test_a_planted_fault_is_refused(text: str, schema: str, tmp_path: Path) -> None:
    """Each schema refuses a file that lacks what it needs."""
    assert faults(text, schema, tmp_path)


# --- the action -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """What a run of the action left behind."""

    failed: bool
    printed: str
    summary: str
    outputs: Mapping[str, str]


def run_action(
    folder: Path, environment: Mapping[str, str], action_path: Path | str = "", **inputs: str
) -> Job:
    """Run the steps of the action as GitHub's runner does: the same shell, expressions, files and end at a failure."""
    unknown = set(inputs) - set(ACTION["inputs"])
    assert not unknown, unknown
    given = {name: inputs.get(name, spec.get("default")) for name, spec in ACTION["inputs"].items()}
    known = {"github.action_path": str(action_path), **{f"inputs.{k}": v for k, v in given.items()}}
    files = {name: folder / name for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT")}
    for path in files.values():
        path.touch()
    printed, failed = "", False
    for step in ACTION["runs"]["steps"]:
        assert set(step) <= {"name", "id", "shell", "env", "run"}
        assert step["shell"] == "bash"
        env = {name: evaluated(value, known) for name, value in step["env"].items()}
        script = folder / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        run = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],  # noqa: S607
            cwd=folder,
            env={**environment, **{name: str(path) for name, path in files.items()}, **env},
            capture_output=True,
            text=True,
            check=False,
        )
        printed += run.stdout + run.stderr
        pairs = [line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines()]
        known |= {f"steps.{step.get('id')}.outputs.{name}": value for name, value in pairs}
        failed = run.returncode != 0
        if failed:
            break
    outputs = {name: evaluated(spec["value"], known) for name, spec in ACTION["outputs"].items()}
    return Job(failed, printed, files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8"), outputs)


def evaluated(text: str, known: Mapping[str, str]) -> str:
    """Replace the expressions of a value; an output that no step wrote is empty, any other unknown name an error."""
    return EXPRESSION.sub(
        lambda match: known.get(match[1], "") if match[1].startswith("steps.") else known[match[1]], text
    )


@pytest.fixture
def runner(installed: Environment, equipped: Environment) -> dict[str, str]:
    """The environment variables of a job whose Python has pip, pytest and gradproof, all as commands."""
    variables = equipped.variables
    return {
        **variables,
        "PATH": f"{equipped.commands}{os.pathsep}{installed.commands}{os.pathsep}{variables['PATH']}",
    }


def wheel_of(environment: Environment) -> Path:
    """The wheel that was installed there."""
    (wheel,) = (environment.folder / "wheel").glob("*.whl")
    return wheel


def interpolating(action: Mapping[str, Any]) -> list[str]:
    """Names of the steps whose script holds an expression, which GitHub would put in as text to be run."""
    return [step["name"] for step in action["runs"]["steps"] if EXPRESSION.search(step["run"])]


def test_no_input_becomes_text_of_a_script() -> None:
    """Inputs reach the scripts as variables; a script that holds one as an expression is seen."""
    assert interpolating(ACTION) == []
    planted = {"runs": {"steps": [{"name": "a", "run": "gradproof check ${{ inputs.targets }}"}]}}
    assert interpolating(planted) == ["a"]


@needs_bash
@pytest.mark.parametrize(
    ("source", "counts", "status"),
    [(RIGHT, "100", "0"), (WRONG, "110", "1"), (BROKEN, "001", "2"), (GRADIENTS, "000", "2")],
    ids=["right", "wrong", "broken", "empty"],
)
def test_the_action_tells_right_from_wrong_from_unchecked(
    runner: dict[str, str], installed: Environment, tmp_path: Path, source: str, counts: str, status: str
) -> None:
    """It fails unless all is right; its outputs tell why; wrong gradients are marked where they are written."""
    (tmp_path / "grads.py").write_text(source, encoding="utf-8")
    job = run_action(tmp_path, runner, wheel_of(installed), targets="grads.py")
    assert job.outputs["status"] == status, job.printed
    assert job.failed == (status != "0")
    if source is not GRADIENTS:
        assert [job.outputs[name] for name in ("right", "wrong", "unchecked")] == list(counts)
        assert "|" in job.summary
    marked = f"::error file=grads.py,line={FORGOTTEN_LINE}," in job.printed
    assert marked == (source is WRONG)


@needs_bash
def test_targets_and_options_are_words_as_in_a_shell(runner: dict[str, str], tmp_path: Path) -> None:
    """Several targets, on one line or more, with spaces in their names; options beside them; all reports.

    A module of the project that is called like one of Python's is not mistaken for it.
    """
    for name in ("json", "shlex", "subprocess"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    (tmp_path / "my models").mkdir()
    (tmp_path / "my models" / "a.py").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "b.py").write_text(RIGHT, encoding="utf-8")
    (tmp_path / "c.py").write_text(RIGHT, encoding="utf-8")
    job = run_action(
        tmp_path,
        runner,
        targets="'my models/a.py'\nb.py c.py\n",
        args="--seed 3 --report 'the table.txt'",
        version="installed",
        summary="false",
        **{"report-sarif": "gradients.sarif"},
    )
    assert job.outputs == {"status": "0", "right": "3", "wrong": "0", "unchecked": "0"}, job.printed
    assert job.summary == ""
    assert (tmp_path / "the table.txt").exists()
    assert (tmp_path / "gradients.sarif").exists()


@needs_bash
def test_a_target_is_never_an_option(tmp_path: Path) -> None:
    """Whatever it begins with, it is looked for as a target and writes nothing."""
    (tmp_path / "b.py").write_text(RIGHT, encoding="utf-8")
    job = run_action(
        tmp_path, os.environ, targets="b.py --output=inj.txt", version="installed", python=sys.executable
    )
    assert job.outputs["status"] == "2"
    assert "--output=inj.txt" in job.printed
    assert not (tmp_path / "inj.txt").exists()


@needs_bash
@pytest.mark.parametrize("args", ["--jobs 2 --output=x.txt", "--format text"])
def test_options_that_would_take_the_annotations_away_are_refused(tmp_path: Path, args: str) -> None:
    """With a message that says what to use instead."""
    job = run_action(
        tmp_path, os.environ, targets="b.py", args=args, version="installed", python=sys.executable
    )
    assert job.failed
    assert "::error::args must leave --format and --output to the action; got --" in job.printed


@needs_bash
@pytest.mark.parametrize("name", ["targets", "args"])
@pytest.mark.parametrize(
    "text", ["x; touch hacked", "$(touch hacked)", "`touch hacked`", '"; touch hacked; "']
)
def test_inputs_are_never_run(tmp_path: Path, name: str, text: str) -> None:
    """What a shell would run in an input is a word that gradproof refuses, and nothing else."""
    inputs = {"targets": "nothing", "version": "installed", "python": sys.executable, name: text}
    job = run_action(tmp_path, os.environ, **inputs)
    assert job.outputs["status"] == "2", job.printed
    assert not (tmp_path / "hacked").exists()


@needs_bash
def test_quotes_that_do_not_close_are_no_wrong_gradient(tmp_path: Path) -> None:
    """The job fails with a message of its own, and no status that speaks of gradients."""
    job = run_action(tmp_path, os.environ, targets="'a.py", version="installed", python=sys.executable)
    assert job.failed
    assert "::error::targets must be quoted as in a shell (No closing quotation); got 'a.py" in job.printed
    assert job.outputs["status"] in ("", "2")


@needs_bash
@pytest.mark.parametrize(
    ("version", "command"),
    [
        ("", "-m pip install --quiet /the/action"),
        ("1.2.3", "-m pip install --quiet gradproof==1.2.3"),
        ("installed", None),
    ],
)
def test_the_version_says_what_is_installed(tmp_path: Path, version: str, command: str | None) -> None:
    """The action's own folder, a release, or nothing, always by the Python that was named."""
    python = tmp_path / "the python"
    python.write_text('#!/bin/sh\necho "called with $*"\n', encoding="utf-8")
    python.chmod(0o755)
    job = run_action(tmp_path, os.environ, "/the/action", targets="a", version=version, python=str(python))
    calls = [line.removeprefix("called with ") for line in job.printed.splitlines()]
    assert calls == ([command] if command else []) + ["-I -X utf8 -"]


def test_the_page_names_every_input_of_the_action() -> None:
    """The table of inputs is that of action.yml, and the workflows use no other."""
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", PAGE, re.MULTILINE)
    assert [name for name, _ in rows] == list(ACTION["inputs"])
    for name, shown in rows:
        default = ACTION["inputs"][name].get("default")
        assert shown == {None: "required", "": "none"}.get(default, f"`{default}`") or name == "version"
    for recipe, schema in RECIPES:
        for step in (
            yaml.safe_load(recipe)["jobs"]["gradients"]["steps"] if schema.endswith("workflows") else []
        ):
            if step.get("uses", "").startswith("OWNER/gradproof@"):
                assert set(step["with"]) <= set(ACTION["inputs"])


# --- scripts of other systems -----------------------------------------------------------------------------------------


def scripts() -> dict[str, list[str]]:
    """The lines that GitLab, any other system and a job with pytest are to run."""
    (gitlab,) = [yaml.safe_load(recipe) for recipe, schema in RECIPES if schema == "vendor.gitlab-ci"]
    plain, with_pytest = [block.splitlines() for block in blocks(PAGE, "sh")]
    return {"gitlab": gitlab["gradients"]["script"], "plain": plain, "pytest": with_pytest}


@needs_bash
@pytest.mark.parametrize("system", ["gitlab", "plain", "pytest"])
@pytest.mark.parametrize(("source", "status"), [(RIGHT, 0), (WRONG, 1)], ids=["right", "wrong"])
def test_the_script_of_a_recipe_runs(
    runner: dict[str, str], tmp_path: Path, system: str, source: str, status: int
) -> None:
    """It ends with the status of the gradients, and the report that the recipe names is there, right or wrong."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "gradients.py").write_text(source, encoding="utf-8")
    test = "import gradproof as gp\nfrom package import gradients\n\ntest_gradients = gp.gradient_tests(gradients)\n"
    (tmp_path / "test_gradients.py").write_text(test, encoding="utf-8")
    # Both are installed already: what is tried is the rest of the lines.
    (tmp_path / "pip").write_text('#!/bin/sh\ntest "$1 $2" = "install gradproof"\n', encoding="utf-8")
    (tmp_path / "pip").chmod(0o755)
    run = subprocess.run(
        ["bash", "-e", "-c", "\n".join(scripts()[system])],  # noqa: S607
        cwd=tmp_path,
        env={**runner, "PATH": f"{tmp_path}{os.pathsep}{runner['PATH']}", "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == status, run.stdout + run.stderr
    report = tmp_path / ("gradients.md" if system == "pytest" else "gradients.xml")
    assert ("bad" in report.read_text(encoding="utf-8")) == (status == 1)


# --- pre-commit -------------------------------------------------------------------------------------------------------


def test_the_page_names_every_hook() -> None:
    """The hooks of the page are those that the repository offers."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    shown = [
        hook["id"]
        for recipe, schema in RECIPES
        if schema == "pre-commit"
        for repository in yaml.safe_load(recipe)["repos"]
        for hook in repository["hooks"]
    ]
    assert sorted(shown) == sorted(hook["id"] for hook in hooks)


def git(folder: Path, *arguments: str) -> None:
    """Run git in a folder."""
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *arguments]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def try_hook(runner: dict[str, str], tmp_path: Path) -> Any:
    """A function that runs a hook on files of a project, and returns the exit status and what was printed."""
    if shutil.which("git") is None:
        pytest.skip("pre-commit needs git")
    hooks, project = tmp_path / "hooks", tmp_path / "project"
    for folder in (hooks, project):
        folder.mkdir()
        git(folder, "init", "--quiet")
    shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
    git(hooks, "add", ".")
    git(hooks, "commit", "--quiet", "-m", "hooks")
    (project / "right.py").write_text(RIGHT, encoding="utf-8")
    (project / "wrong.py").write_text(WRONG, encoding="utf-8")
    (project / "setup.py").write_text("raise SystemExit('never import me')\n", encoding="utf-8")
    git(project, "add", ".")

    def call(*files: str) -> tuple[int, str]:
        run = subprocess.run(
            [
                sys.executable,
                "-m",
                "pre_commit",
                "try-repo",
                str(hooks),
                "gradproof-system",
                "--files",
                *files,
            ],
            cwd=project,
            env={**runner, "PRE_COMMIT_HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        return run.returncode, run.stdout + run.stderr

    return call


def test_the_hook_passes_right_files_and_stops_a_commit_with_a_wrong_one(try_hook: Any) -> None:
    """A changed file that declares nothing is no reason to stop, and is not imported."""
    assert try_hook("right.py", "setup.py")[0] == 0
    assert try_hook("setup.py")[0] == 0
    status, printed = try_hook("right.py", "wrong.py", "setup.py")
    assert status == 1
    assert "diagnosis: factor 0.333" in printed
