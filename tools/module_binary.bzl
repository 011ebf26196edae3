"""A py_binary that runs a module as `python -m` does."""

load("@rules_python//python:defs.bzl", "py_binary")

def module_binary(name, main, srcs = [], **kwargs):
    """Runs a module of a package, so that it can import relative to it.

    A py_binary runs its `main` as a file, which is in no package.

    Args:
        name: name of the binary.
        main: file of the module.
        srcs: as of py_binary.
        **kwargs: as of py_binary.
    """
    launcher = name + "_launcher.py"
    module = main.removesuffix(".py").removesuffix("/__main__").replace("/", ".")
    native.genrule(
        name = name + "_launcher",
        outs = [launcher],
        cmd = "echo 'import runpy; runpy.run_module(\"%s\", run_name=\"__main__\", alter_sys=True)' > $@" % module,
    )
    py_binary(
        name = name,
        srcs = srcs + [launcher],
        main = launcher,
        **kwargs
    )
