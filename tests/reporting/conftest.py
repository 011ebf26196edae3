"""Run folders that hold results alone."""

import json

import pytest

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.presets import PRESETS


@pytest.fixture
def make_run(tmp_path):
    def make(name, config=None, **files):
        run = RunFolder(tmp_path / name)
        run.create(config or PRESETS["tiny"]())
        (run.path / "evaluation").mkdir()
        for file, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (run.path / "evaluation" / f"{file}.json").write_text(text)
        return run

    return make
