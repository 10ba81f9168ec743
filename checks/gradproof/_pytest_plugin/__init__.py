"""The pytest plugin: quiet where no gradient is checked. Loaded by every pytest run beside gradproof, so it imports little.

What a run says of its gradients is made of `gradproof._results`, which loads NumPy: only once a gradient was checked,
or a report was asked for.
"""

from __future__ import annotations

import pytest

from gradproof._pytest_plugin import _options
from gradproof._pytest_plugin._recorder import Recorder
from gradproof._pytest_plugin._trim import Headliner, Trimmer


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options and their counterparts in the ini file."""
    _options.declare(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, refuse bad options, and begin to listen."""
    config.addinivalue_line("markers", _options.MARKER)
    options = _options.RunOptions.of(config)
    config.pluginmanager.register(Recorder(options), "gradproof-recorder")
    config.pluginmanager.register(Trimmer(), "gradproof-trimmer")
    config.pluginmanager.register(Headliner(), "gradproof-headliner")
    if hasattr(config, "workerinput"):
        return  # a worker of pytest-xdist: its controller tells
    from gradproof._pytest_plugin._teller import Teller  # noqa: PLC0415  workers do without it

    config.pluginmanager.register(Teller(config, options), "gradproof-teller")
