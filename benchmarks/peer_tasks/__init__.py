"""The tasks on which the reference meets its peers, and each contestant as its own users would write it."""
