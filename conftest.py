"""Hypothesis profiles for every test and check of the project.

HYPOTHESIS_PROFILE chooses one; so does pytest's own --hypothesis-profile, which has the last word.

dev
    The default: random, 50 examples, failures kept in .hypothesis and tried first the next time.
ci
    The default where CI is set: Hypothesis's own profile of that name (derandomized, no deadline, prints the blob).
quick
    As ci, with 10 examples: what `gradproof report --quick` takes.
nightly
    Random, 2000 examples, database kept: for long runs that are meant to find something.
"""

import os

import pytest
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

_PROFILES = ("dev", "ci", "quick", "nightly")


@pytest.hookimpl(tryfirst=True)  # before Hypothesis's own plugin reads --hypothesis-profile
def pytest_configure(config: pytest.Config) -> None:
    """Register the profiles and load the one chosen by the environment."""
    kept = settings(
        settings.get_profile("default"),
        deadline=None,  # a first call pays for imports and caches
        database=DirectoryBasedExampleDatabase(config.rootpath / ".hypothesis" / "examples"),
        print_blob=True,
    )
    settings.register_profile("dev", kept, max_examples=50)
    settings.register_profile("quick", settings.get_profile("ci"), max_examples=10)
    settings.register_profile("nightly", kept, max_examples=2000)
    name = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
    if name not in _PROFILES:
        message = f"HYPOTHESIS_PROFILE must be one of {', '.join(_PROFILES)}; got HYPOTHESIS_PROFILE={name}."
        raise pytest.UsageError(message)
    settings.load_profile(name)
