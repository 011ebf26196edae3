"""Versions of packages, kept beside what was made with them."""

import importlib.metadata
import platform

import keras_drnet


def installed_versions(*packages: str) -> dict[str, str]:
    """Return the versions of Python, of this package and of others if installed."""
    versions = {
        "keras_drnet": keras_drnet.__version__,
        "python": platform.python_version(),
    }
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
