"""The regression finds known weights, and the prior holds it."""

from __future__ import annotations

import numpy as np

from sentiment.regression import fit, softmax


def test_it_recovers_the_probabilities_that_made_the_data() -> None:
    chance = np.random.default_rng(1)
    features = np.column_stack([chance.normal(size=(4000, 2)), np.ones(4000)])
    true = np.array([[1.5, -0.5, 0.2], [0.0, 0.3, 0.1], [-1.5, 0.2, -0.3]])
    targets = softmax(features @ true.T)

    found = fit(features, targets, np.ones(4000), prior=np.zeros((3, 3)), penalty=1e-3)

    assert np.abs(softmax(features @ found.T) - targets).max() < 0.01


def test_without_examples_to_speak_of_the_prior_stays() -> None:
    prior = np.array([[1.0, 0.0], [0.0, 1.0]])

    found = fit(np.ones((1, 2)), np.array([[1.0, 0.0]]), np.ones(1), prior=prior, penalty=1e6)

    assert np.abs(found - prior).max() < 1e-3


def test_separable_data_do_not_run_away() -> None:
    features = np.array([[1.0, 1.0], [-1.0, 1.0]] * 20)
    targets = np.array([[1.0, 0.0], [0.0, 1.0]] * 20)

    found = fit(features, targets, np.ones(40), prior=np.zeros((2, 2)), penalty=1.0)

    assert np.isfinite(found).all()
    assert (softmax(features @ found.T).argmax(1) == targets.argmax(1)).all()
