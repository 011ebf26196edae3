"""A py_test for each file of a folder of tests."""

load("@rules_python//python:defs.bzl", "py_test")

def pytest_tests(name, srcs, deps = [], **kwargs):
    """Runs each file with pytest, with the fixtures of tests/conftest.py.

    Args:
        name: name of the suite of them all; a test is called as its file in tests/.
        srcs: files, test_*.py.
        deps: what they import.
        **kwargs: as of py_test.
    """
    tests = []
    for src in srcs:
        test = src.removeprefix("tests/").removesuffix(".py")
        tests.append(test)
        py_test(
            name = test,
            srcs = [src, "tests/support/bazel_main.py"],
            args = [src],
            main = "tests/support/bazel_main.py",
            deps = deps + [":conftest"],
            **kwargs
        )
    native.test_suite(
        name = name,
        tests = tests,
    )
