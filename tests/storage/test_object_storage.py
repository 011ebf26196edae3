"""Object storage: a real S3 server and processes that use it."""

import os
import sys

import pytest

from keras_drnet.errors import InputError
from keras_drnet.storage.object_storage import filesystem
from tests.support.paths import ROOT
from tests.support.processes import run_command

needs_tensorflow_io = pytest.mark.skipif(
    sys.version_info >= (3, 12),
    reason="tensorflow-io does not load beside TensorFlow 2.18 and later",
)
# With this the other package is taken although tensorflow-io is installed.
WITHOUT_TENSORFLOW_IO = "import sys; sys.modules['tensorflow_io'] = None"


def run(code, **environment):
    return run_command(sys.executable, "-c", code, env=os.environ | environment)


@pytest.fixture
def run_s3(s3):
    """Runs code in which TensorFlow opens object storage, with the bucket as
    `bucket`."""

    def run_with(code, **environment):
        start = f"""
from keras_drnet.storage.object_storage import filesystem
bucket = "s3://{s3.bucket}"
filesystem(bucket)
import tensorflow as tf
gfile = tf.io.gfile
gfile.glob(f"{{bucket}}/*")
"""
        return run(start + code, **s3.environment | environment)

    return run_with


@pytest.mark.parametrize(
    "package",
    [pytest.param("tensorflow_io", marks=needs_tensorflow_io), "obstore"],
)
def test_files_are_written_read_listed_and_removed(s3, package):
    code = f"""
{WITHOUT_TENSORFLOW_IO if package == "obstore" else ""}
from keras_drnet.errors import InputError
from keras_drnet.storage import files
from keras_drnet.storage.object_storage import filesystem
bucket = "s3://{s3.bucket}/{package}"
system = filesystem(bucket)
files.make_folder(bucket)
assert files.list_folder(bucket) == []
for text in ("old, much longer", "nöw"):
    files.write_text(f"{{bucket}}/folder/text", text)
path = f"{{bucket}}/folder/text"
assert files.read_text(path) == "nöw"
assert system.size(path) == 4 and system.read(path, 1, 2) == "ö".encode()
assert system.read(path, 3) == b"w" and system.read(path, 4, 9) == b""
assert len(files.sha256(path)) == 64 and files.sha256(path + "2") == ""
assert files.list_folder(f"{{bucket}}/folder") == ["text"]
assert files.list_folder(bucket) == ["folder"]
assert system.exists(path) and system.exists(f"{{bucket}}/folder")
system.remove(path)
assert not system.exists(path)
try:
    files.write_text("s3://no-such-bucket/text", "text")
except InputError as error:
    print(error)
"""
    result = run(code, **s3.environment)
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("s3://no-such-bucket/text cannot be written: ")
    assert result.stdout.count("\n") == 1


@needs_tensorflow_io
def test_files_and_records_are_written_and_read(run_s3):
    result = run_s3("""
folder = f"{bucket}/operations/train"
gfile.makedirs(folder)
assert not gfile.exists(folder)  # A folder is there once it has a file.
for text in ("old", "new, longer"):
    with gfile.GFile(f"{folder}/aside", "w") as file:
        file.write(text)
    gfile.rename(f"{folder}/aside", f"{folder}/text", overwrite=True)
assert gfile.exists(f"{folder}/text") and not gfile.exists(f"{folder}/aside")
assert gfile.isdir(folder) and gfile.listdir(folder) == ["text"]
assert gfile.glob(f"{folder}/t*") == [f"{folder}/text"]
with gfile.GFile(f"{folder}/text", "rb") as file:
    file.seek(5)
    assert file.read(3) == b"lon"
    file.seek(0)
    assert file.read() == b"new, longer" and file.size() == 11

records = [bytes([i]) * 100_000 for i in range(100)]
with tf.io.TFRecordWriter(f"{folder}/aside") as writer:
    for record in records:
        writer.write(record)
gfile.rename(f"{folder}/aside", f"{folder}/records")
read = tf.data.TFRecordDataset(f"{folder}/records")
assert list(read.as_numpy_iterator()) == records

gfile.rmtree(folder)
assert not gfile.exists(folder)
""")
    assert result.returncode == 0, result.stderr


@needs_tensorflow_io
def test_writing_to_a_missing_bucket_raises(run_s3):
    result = run_s3("""
for writer in (tf.io.TFRecordWriter, lambda path: gfile.GFile(path, "wb")):
    try:
        with writer("s3://no-such-bucket/file") as file:
            file.write(b"content")
    except tf.errors.NotFoundError as error:
        assert "NoSuchBucket" in str(error)
    else:
        raise AssertionError("written to nowhere")
""")
    assert result.returncode == 0, result.stderr


PROGRAM = """
from keras_drnet import cli, errors
def main():
    print("result")
    {}
cli.run(main)
"""
ENDINGS = {
    "sys.exit": ('print("result"); raise SystemExit(7)', 7),
    "exception": ('print("result"); raise ValueError("uncaught")', 1),
    "program": (PROGRAM.format("pass"), 0),
    "bad input": (PROGRAM.format('raise errors.InputError("uncaught")'), 2),
    "interrupt": (PROGRAM.format('raise KeyboardInterrupt("uncaught")'), 130),
}


@needs_tensorflow_io
@pytest.mark.parametrize("name", ENDINGS)
def test_exit_codes_and_buffered_output_survive(run_s3, name):
    code, returncode = ENDINGS[name]
    result = run_s3(code)
    assert result.returncode == returncode, result.stderr
    assert result.stdout == "result\n"
    assert ("uncaught" in result.stderr) == (returncode in (1, 2, 130))
    assert "pure virtual" not in result.stderr


@needs_tensorflow_io
def test_exit_handlers_of_others_still_run(run_s3):
    result = run_s3("import atexit; atexit.register(print, 'goodbye')")
    assert (result.returncode, result.stdout) == (0, "goodbye\n"), result.stderr


WORKER = """
import multiprocessing
import sys

def write(path):
    from keras_drnet.storage import files
    files.write_text(path, path)
    assert files.read_text(path) == path

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    worker = context.Process(target=write, args=sys.argv[1:])
    worker.start()
    worker.join()
    sys.exit(worker.exitcode)
"""


def test_a_worker_process_exits_cleanly(s3, tmp_path):
    script = tmp_path / "worker.py"
    script.write_text(WORKER)
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | s3.environment
    result = run_command(
        sys.executable, script, f"s3://{s3.bucket}/worker", env=environment
    )
    assert result.returncode == 0, result.stderr
    assert "pure virtual" not in result.stderr


@pytest.mark.parametrize("start", ["", WITHOUT_TENSORFLOW_IO])
def test_the_endpoint_of_other_aws_tools_is_used(s3, start):
    environment = s3.environment | {"AWS_ENDPOINT_URL": s3.environment["S3_ENDPOINT"]}
    del environment["S3_ENDPOINT"]
    code = f"""
{start}
from keras_drnet.storage import files
path = "s3://{s3.bucket}/endpoint/file"
files.write_text(path, "text")
assert files.read_text(path) == "text"
"""
    result = run(code, **environment)
    assert result.returncode == 0, result.stderr


def test_a_server_that_does_not_answer_is_one_sentence():
    code = f"""
{WITHOUT_TENSORFLOW_IO}
from keras_drnet import cli
from keras_drnet.storage import files
cli.run(lambda: files.write_text("s3://clips/text", "text"))
"""
    environment = {"S3_ENDPOINT": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "test"}
    result = run(code, **environment, AWS_SECRET_ACCESS_KEY="test")
    assert result.returncode == 2
    # The newest TensorFlow prints notices before.
    assert result.stderr.splitlines()[-1].startswith(
        "Error: s3://clips/text cannot be written: "
    )
    assert "Traceback" not in result.stderr


def test_local_paths_load_no_package_of_object_storage():
    result = run("""
import pathlib, sys
from keras_drnet.storage.object_storage import filesystem
for path in ("clips/train", "/clips", "C:\\\\clips", "", pathlib.Path("clips")):
    assert filesystem(path).__name__.endswith("local_files")
assert not {"tensorflow_io", "obstore"} & set(sys.modules)
""")
    assert result.returncode == 0, result.stderr


# Beside another TensorFlow, tensorflow-io is imported with a warning, but registers
# nothing.
@pytest.mark.parametrize("module", [None, "types.ModuleType('tensorflow_io')"])
def test_missing_packages_are_one_sentence_and_exit_code_2(module):
    result = run(f"""
import sys, types
from keras_drnet import cli
from keras_drnet.storage.object_storage import filesystem
sys.modules |= {{"tensorflow_io": {module}, "obstore": None}}
cli.run(lambda: filesystem("s3://clips/train"))
""")
    assert result.returncode == 2
    assert "pip install 'keras-drnet[s3]'" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("path", ["gs://clips", "http://host/clips", "file:///clips"])
def test_other_schemes_are_named(path):
    with pytest.raises(InputError, match=r"is not supported; expected a local path"):
        filesystem(path)
