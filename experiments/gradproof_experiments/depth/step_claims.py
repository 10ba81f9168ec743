"""What the step's derivative of 0 says of training, held against the runs (F21)."""

import pandas as pd

from gradproof_experiments.claim import Claim, Within

from .claim_parts import accuracy_by_seed, mean_claim
from .config import DepthConfig
from .intervals import chance, mean_accuracy

__all__ = ["step_claims"]


def step_claims(
    config: DepthConfig, step: pd.DataFrame, better_step: pd.DataFrame, better: pd.DataFrame
) -> list[Claim]:
    """Why SGD cannot train through the step, and what is left to it."""
    last, deepest = better[better["epoch"] == config.epochs], config.step_depths[-1]
    by_depth = {
        depth: rows.set_index("seed")["test_accuracy"] for depth, rows in better_step.groupby("depth")
    }
    runs, zero = f"of {len(step)} runs", Within(0, 0)
    lead = accuracy_by_seed(last, "relu", "he", 2) - by_depth[2]
    found = [
        Claim.exact(
            "Through the step activation no gradient comes down: its derivative is 0.",
            f"largest entry of the hidden layers' ∂l/∂w and ∂l/∂b {runs}",
            step["hidden_gradient"].max(),
            zero,
        ),
        Claim.exact(
            "So SGD goes nowhere with the hidden layers of a step network: after training they are what they were, bit for bit.",
            f"hidden weights and biases that changed {runs}",
            step["hidden_changed"].sum(),
            zero,
            f"{step['n_hidden'].sum()} of them; of the last layers' {step['n_last'].sum()}, "
            f"{step['last_changed'].sum()} changed",
        ),
        mean_claim(
            "The last layer of a step network learns all the same, from features that are random and stay so.",
            "test accuracy: step, 2 layers",
            mean_accuracy(by_depth[2], config, "claim: step"),
            Within(low=chance(config)),
        ),
        mean_claim(
            "The random features of the step are no match for the learned ones of ReLU.",
            "test accuracy with ReLU and He's weights less that with the step: 2 layers",
            mean_accuracy(lead, config, "claim: relu less step"),
            Within(low=0.0),
        ),
    ]
    if deepest > 2:
        fall = mean_accuracy(by_depth[2] - by_depth[deepest], config, "claim: step, 2 less deepest")
        found.append(
            mean_claim(
                f"{deepest} step layers leave less of the image than 2: none can win back what another has lost.",
                f"test accuracy with 2 layers less that with {deepest}: step",
                fall,
                Within(low=0.0),
            )
        )
    return found
