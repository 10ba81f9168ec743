"""What keeps the gate from measuring."""


class GateError(Exception):
    """The gate cannot start or go on; its text says what must hold, and what to do. Status 2."""
