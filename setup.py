"""The packages of a wheel: the folder `export` of the repository is a part of ours.

A wheel must not claim the name `export` for all of Python; a board, on the other hand,
runs the folder as it is. So the modules in it import relative to each other, and are
`export` in a checkout and `keras_drnet.export` where the package is installed.
"""

import setuptools

EXPORT = "keras_drnet.export"

setuptools.setup(
    package_dir={EXPORT: "export"},
    packages=[
        *setuptools.find_packages(include=["keras_drnet*"]),
        EXPORT,
        *(f"{EXPORT}.{name}" for name in setuptools.find_packages("export")),
    ],
)
