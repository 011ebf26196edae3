"""The benchmark of training steps beside PyTorch's, for which a script stands in."""

import sys

from tests.support.processes import run

SMALL = ("--num_filters=4", "--batch_size=2", "--image_size=32")


def test_a_python_without_pytorch_is_one_sentence():
    completed = run("benchmark", *SMALL, f"--torch_python={sys.executable}")
    assert completed.returncode == 2
    assert "No module named 'torch'" in completed.stderr.splitlines()[-1]
    assert "make bench-peers" in completed.stderr.splitlines()[-1]


def test_the_steps_take_turns_with_those_of_pytorch(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nwhile read line; do echo; done\n")
    python.chmod(0o755)
    flags = ("--steps=1", "--rounds=1", f"--torch_python={python}")
    completed = run("benchmark", *SMALL, *flags)
    assert completed.returncode == 0, completed.stderr
    title, first, *rest = completed.stdout.splitlines()
    assert "training step, tensorflow" in title
    assert first.startswith("PyTorch") and first.endswith("1.00")
    assert [line.split("  ")[0] for line in rest[:2]] == [
        "plain, float32",
        "DrNet, float32",
    ]
