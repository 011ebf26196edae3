"""Versions of packages, kept beside what was made with them."""

import importlib.metadata


def installed_versions(*packages: str) -> dict[str, str]:
    """Return the versions of those of the packages that are installed."""
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions
