"""Distributions that codes are drawn from, or likened to."""
