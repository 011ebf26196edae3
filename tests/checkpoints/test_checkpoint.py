"""Checkpoints: complete or absent, and named when they are damaged."""

import io
import itertools
import json
import os
import re
import shutil

import keras
import numpy as np
import pytest

from keras_drnet.checkpoints.checkpoint import NUM_KEPT, Checkpoints
from keras_drnet.checkpoints.run_folder import RunFolder, stage_weights
from keras_drnet.errors import InputError
from keras_drnet.models.networks import build_networks
from keras_drnet.storage.files import sha256


@pytest.fixture
def weights(tiny):
    return stage_weights(build_networks(tiny), "drnet")


@pytest.fixture
def state():
    return {"optimizer": [keras.Variable(3), keras.Variable([1.0, 2.0])]}


def arrays(weights):
    return {n: [np.array(w) for w in variables] for n, variables in weights.items()}


def disturb(weights, state):
    for variable in itertools.chain(*weights.values()):
        variable.assign(variable + 1)
    for variable in state["optimizer"]:
        variable.assign(variable * 0)


def test_round_trip(tmp_path, weights, state):
    checkpoints = Checkpoints(tmp_path)
    before = arrays(weights)
    checkpoints.save(7, weights, state)
    disturb(weights, state)
    assert checkpoints.restore(weights, state) == 7
    keras.tree.map_structure(np.testing.assert_array_equal, before, arrays(weights))
    assert int(state["optimizer"][0]) == 3
    np.testing.assert_array_equal(state["optimizer"][1], [1, 2])


def test_restoring_without_a_checkpoint_gives_step_zero(tmp_path, weights):
    assert Checkpoints(tmp_path / "none").restore(weights) == 0


def test_old_checkpoints_are_removed(tmp_path, weights, state):
    checkpoints = Checkpoints(tmp_path)
    for step in range(1, 6):
        checkpoints.save(step, weights, state)
    assert checkpoints.steps() == list(range(6 - NUM_KEPT, 6))


def damage_truncate(folder):
    path = folder / "decoder.npz"
    path.write_bytes(path.read_bytes()[:-100])


def damage_flip(folder):
    path = folder / "state.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def damage_remove(folder):
    (folder / "pose_encoder.npz").unlink()


def damage_manifest(folder):
    (folder / "checkpoint.json").write_text("{")


def change_list(folder, change):
    """Changes the list of files by somebody who knows what it is for."""
    path = folder / "checkpoint.json"
    manifest = json.loads(path.read_text())
    change(manifest["files"])
    path.write_text(json.dumps(manifest))


def damage_unlist(folder):
    change_list(folder, lambda files: files.pop("decoder.npz"))


def damage_list_a_device(folder):
    change_list(folder, lambda files: files.update({"/dev/zero": {"bytes": 0}}))


def damage_list_a_pipe(folder):
    os.mkfifo(folder / "pipe")
    change_list(folder, lambda files: files.update({"pipe": {"bytes": 0}}))


def damage_with_digest(folder, content):
    path = folder / "decoder.npz"
    path.write_bytes(content)
    entry = {"bytes": len(content), "sha256": sha256(path)}
    change_list(folder, lambda files: files.update({path.name: entry}))


def damage_zip(folder):
    content = bytearray((folder / "decoder.npz").read_bytes())
    content[40] ^= 255
    damage_with_digest(folder, bytes(content))


def damage_nan(folder):
    with np.load(folder / "decoder.npz") as file:
        arrays = dict(file)
    next(iter(arrays.values())).flat[0] = np.nan
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    damage_with_digest(folder, buffer.getvalue())


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_unlist, "decoder.npz is not listed in checkpoint.json"),
        (damage_list_a_device, "/dev/zero is no file of this folder"),
        (damage_list_a_pipe, "pipe is no file of this folder"),
        (damage_zip, "decoder.npz"),
        (damage_nan, "of decoder.npz has values that are no finite numbers"),
        (damage_truncate, "decoder.npz has .* bytes, expected"),
        (damage_flip, "state.npz does not match its SHA-256"),
        (damage_remove, "pose_encoder.npz cannot be read"),
        (damage_manifest, "checkpoint.json is not what was written"),
    ],
)
def test_a_damaged_checkpoint_is_named_and_the_one_before_used(
    tmp_path, weights, state, damage, message, caplog
):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, weights, state)
    checkpoints.save(2, weights, state)
    damage(tmp_path / "step_00000002")
    with caplog.at_level("WARNING", logger="absl"):
        assert checkpoints.restore(weights, state) == 1
    assert "step_00000002" in caplog.text
    assert re.search(message, caplog.text)
    damage_truncate(tmp_path / "step_00000001")
    with pytest.raises(InputError, match="Every checkpoint .* is damaged"):
        checkpoints.restore(weights, state)


def test_an_unfinished_folder_is_not_a_checkpoint(tmp_path, weights, state):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, weights, state)
    shutil.copytree(tmp_path / "step_00000001", tmp_path / "step_00000002.unfinished")
    damage_truncate(tmp_path / "step_00000002.unfinished")
    assert checkpoints.steps() == [1]
    checkpoints.save(2, weights, state)
    assert checkpoints.restore(weights, state) == 2
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_failed_write_keeps_what_was_there(tmp_path, weights, state, monkeypatch):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save(1, weights, state)

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(InputError, match="No space left on device.*are kept"):
        checkpoints.save(2, weights, state)
    assert checkpoints.steps() == [1]
    assert checkpoints.restore(weights, state) == 1
    assert not list(tmp_path.glob("*.unfinished"))


def test_weights_of_other_networks_are_refused(tmp_path, tiny, weights, state):
    Checkpoints(tmp_path).save(1, weights, state)
    wider = tiny.with_overrides(["model.num_filters=8"])
    others = stage_weights(build_networks(wider), "drnet")
    message = r"another configuration: '.*' has shape \(4, 4, 3, 4\) there"
    with pytest.raises(InputError, match=message):
        Checkpoints(tmp_path).restore(others)
    unet = stage_weights(
        build_networks(tiny.with_overrides(["model.normalize_pose=true"])), "drnet"
    )
    Checkpoints(tmp_path).restore(unet)  # No weight of its own: it fits.
    with pytest.raises(InputError, match="'optimizer/0000' is unknown here"):
        Checkpoints(tmp_path).restore(weights, {"other": state["optimizer"]})


def test_weights_can_be_read_without_this_package(tmp_path, weights, state):
    Checkpoints(tmp_path).save(1, weights, state)
    with np.load(tmp_path / "step_00000001/decoder.npz", allow_pickle=False) as file:
        assert file["seed_conv/kernel"].shape == (4, 4, 16, 12)
    manifest = json.loads((tmp_path / "step_00000001/checkpoint.json").read_text())
    assert manifest["step"] == 1
    assert set(manifest["versions"]) == {"python", "keras", "backend"}


def test_run_folder_keeps_its_configuration(tmp_path, tiny):
    run = RunFolder(tmp_path / "a" / "run")
    assert not run.exists()
    run.create(tiny)
    assert run.config() == tiny
    with pytest.raises(InputError, match="no checkpoint of stage 'drnet' yet"):
        run.load_networks()


def test_run_folder_refuses_folders_it_cannot_use(tmp_path, tiny):
    with pytest.raises(InputError, match=r"not a run folder.*config\.json"):
        RunFolder(tmp_path).config()
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="not empty"):
        RunFolder(tmp_path).create(tiny)
    with pytest.raises(InputError, match="Not a directory"):
        RunFolder(tmp_path / "letter.txt" / "run").create(tiny)
    (tmp_path / "config.json").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"Cannot read .*config\.json"):
        RunFolder(tmp_path).config()
