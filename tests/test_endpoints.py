"""Close to the end of a domain, where f is like a power of the distance, and steps are wider than the distance."""

import numpy as np
import pytest

import gradproof as gp

POINTS = (1e-24, 1e-18, 1e-15)


@pytest.mark.parametrize("x", POINTS)
@pytest.mark.parametrize("power", [0.3, 0.5, 0.8])
def test_a_power_close_to_0_is_not_failed(x: float, power: float) -> None:
    """√x, 0 for negative x, grows ever steeper down to steps that no argument of its size can take: nothing is refuted."""
    report = gp.examine_gradient(
        lambda x: float(np.maximum(x, 0.0) ** power), lambda x: float(power * x ** (power - 1)), x, seed=1
    )
    assert report.verdict == "inconclusive"


def test_a_power_is_seen_where_steps_are_finer_than_the_distance() -> None:
    """From 1e-13 on the point has a scale of its own: right is right there, and off by 1e-6 is not."""
    for factor, verdict in ((1.0, "pass"), (1 + 1e-6, "fail")):
        report = gp.examine_gradient(
            lambda x: float(np.sqrt(max(x, 0.0))),
            lambda x, k=factor: k * 0.5 / float(np.sqrt(x)),
            1e-13,
            seed=1,
        )
        assert report.verdict == verdict


def test_a_claim_that_the_quotients_grow_away_from_is_still_failed() -> None:
    """Where √x only gets steeper, a claim that it falls is wrong."""
    report = gp.examine_gradient(lambda x: float(np.sqrt(max(x, 0.0))), lambda _: -1e9, 1e-18, seed=1)
    assert report.verdict == "fail"
