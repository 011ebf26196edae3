"""Posteriors, priors and likelihoods of codes."""
