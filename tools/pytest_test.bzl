"""A py_test for a file of tests."""

load("@rules_python//python:defs.bzl", "py_test")

def pytest_test(name, srcs, deps = [], **kwargs):
    """Runs a file with pytest, the fixtures of tests/conftest.py at hand.

    Args:
        name: name of the target.
        srcs: the file.
        deps: what it imports.
        **kwargs: as of py_test.
    """
    py_test(
        name = name,
        srcs = srcs + ["tests/support/bazel_main.py"],
        args = srcs,
        main = "tests/support/bazel_main.py",
        deps = deps + [":conftest"],
        **kwargs
    )
