"""The README's script runs as it stands, only shorter."""

import pathlib
import re

import numpy as np

README = pathlib.Path(__file__).resolve().parent.parent / "README.md"


def test_the_script_runs():
    (script,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    script = script.replace('"quickstart"', '"tiny"')
    script = re.sub(r"epochs=\d+, steps_per_epoch=\d+", "steps_per_epoch=2", script)
    script = script.replace("num_past=5", "num_past=3").replace("...", "break")
    names = {}
    exec(compile(script, str(README), "exec"), names)
    assert names["frames"].shape == (4, 32, 32, 3)
    assert np.all(np.isfinite(names["frames"]))


def test_every_file_that_is_linked_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README.read_text()):
        if not target.startswith("http"):
            assert (README.parent / target).exists(), target
