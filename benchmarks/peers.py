"""Compare the reference's training loops with what a user would pick instead, in one run on one core.

    python benchmarks/peers.py [--quick] [--rounds 3] [--json FILE]

Needs scikit-learn, torch and jax (requirements/frameworks.txt). The exit status is 1 where a target is missed or a contestant
disagrees. With --quick, fewer epochs are run and scaled: a look, no verdict on the targets of fresh processes.
"""

import sys

from peer_tasks.pins import cores, pin

if __name__ == "__main__":
    available = cores()
    pin(available[-1:])
    from peer_tasks.comparison import main  # only now: it loads NumPy, torch and jax, which read the settings

    sys.exit(main(available))
