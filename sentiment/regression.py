"""Multinomial logistic regression by Newton's method: small, exact, no dependency but numpy.

The penalty pulls towards `prior` and not towards zero, so a refit on a handful of corrections moves the
shipped weights only as far as the corrections insist.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_STEPS = 50
_ENOUGH = 1e-8  # largest change of a weight at which the fit has converged


def softmax(logits: Array) -> Array:
    """Probabilities along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Array = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def fit(features: Array, targets: Array, weights: Array, *, prior: Array, penalty: float) -> Array:
    """Fit the weights of a softmax regression.

    Args:
        features: (n, d), standardised, with a constant column for the bias.
        targets: (n, k) probabilities; soft targets are fine.
        weights: (n,) weight of each example.
        prior: (k, d) weights to stay close to.
        penalty: Strength of the pull to `prior`, in units of examples.

    Returns:
        Weights of shape (k, d).
    """
    classes, width = prior.shape
    current = prior.copy()
    for _ in range(_STEPS):
        shares = softmax(features @ current.T)
        gradient = ((shares - targets) * weights[:, None]).T @ features + penalty * (current - prior)
        step = np.linalg.solve(_curvature(features, shares, weights, penalty), gradient.ravel())
        change = step.reshape(classes, width)
        current = current - _damped(change)
        if np.abs(change).max() < _ENOUGH:
            break
    return current


def _curvature(features: Array, shares: Array, weights: Array, penalty: float) -> Array:
    classes, width = shares.shape[1], features.shape[1]
    hessian = np.empty((classes, width, classes, width))
    for row in range(classes):
        for column in range(classes):
            curve = weights * shares[:, row] * ((row == column) - shares[:, column])
            hessian[row, :, column, :] = (features * curve[:, None]).T @ features
    flat: Array = hessian.reshape(classes * width, classes * width)
    return flat + penalty * np.eye(classes * width)


def _damped(change: Array) -> Array:
    """Newton's first steps can overshoot far from the optimum; no weight moves by more than 2 at once."""
    largest = float(np.abs(change).max())
    return change if largest <= 2 else change * (2 / largest)
