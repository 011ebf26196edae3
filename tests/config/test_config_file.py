"""Values of a YAML file, as overrides."""

import pytest

from keras_drnet.config.overrides import read_overrides
from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import Config
from keras_drnet.errors import InputError


def write(folder, text):
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_values_take_the_types_of_the_configuration(tmp_path):
    path = write(
        tmp_path,
        "seed: 3\n"
        "data:  # A comment.\n"
        "  integer_velocity: false\n"
        "  people: 01, 02\n"
        "drnet: {learning_rate: 1e-3, epochs: 7}\n",
    )
    config = Config().with_overrides(read_overrides(path))
    assert (config.seed, config.drnet.epochs) == (3, 7)
    assert config.data.integer_velocity is False
    assert config.data.people == "01, 02"
    assert config.drnet.learning_rate == 1e-3


@pytest.mark.parametrize("name", PRESETS)
def test_the_configuration_of_a_run_is_such_a_file(tmp_path, name):
    config = PRESETS[name]()
    path = write(tmp_path, config.to_json())
    assert Config().with_overrides(read_overrides(path)) == config


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("drnet: [1, 2]", "drnet is not a section or a single value"),
        ("- drnet", "the whole is not a section"),
        ("", "the whole is not a section"),
        ("drnet: {", "Cannot read the configuration"),
        ("a: !!python/object/apply:os.system ['true']", "a is not a section"),
    ],
)
def test_other_files_are_refused(tmp_path, text, problem):
    with pytest.raises(InputError, match=problem):
        read_overrides(write(tmp_path, text))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.yaml"):
        read_overrides(tmp_path / "none.yaml")


def test_a_wrong_key_is_named(tmp_path):
    path = write(tmp_path, "drnet: {learning_rat: 1}")
    with pytest.raises(InputError, match="did you mean 'learning_rate'"):
        Config().with_overrides(read_overrides(path))
