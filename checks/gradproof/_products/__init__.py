"""Products with derivatives, and derivatives of more than one output: each reduced to gradients of scalars."""

from gradproof._products._adjoint import check_adjoint, examine_adjoint
from gradproof._products._jacobian import check_jacobian, examine_jacobian
from gradproof._products._jvp import check_jvp, examine_jvp
from gradproof._products._second_order import check_hessian, check_hvp, examine_hessian, examine_hvp
from gradproof._products._value_and_grad import check_value_and_grad, examine_value_and_grad
from gradproof._products._vjp import check_vjp, examine_vjp

__all__ = [
    "check_adjoint",
    "check_hessian",
    "check_hvp",
    "check_jacobian",
    "check_jvp",
    "check_value_and_grad",
    "check_vjp",
    "examine_adjoint",
    "examine_hessian",
    "examine_hvp",
    "examine_jacobian",
    "examine_jvp",
    "examine_value_and_grad",
    "examine_vjp",
]
