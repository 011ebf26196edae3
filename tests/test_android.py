"""The APK that `make android` packs. The app's own tests are Java, in android_demo."""

import hashlib
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import xml.etree.ElementTree
import zipfile

import pytest

from tests.support.paths import ROOT

DEMO = ROOT / "android_demo"
LIBRARY = "libtensorflowlite_jni.so"
ELF_MACHINES = {"arm64-v8a": 183, "x86_64": 62}
PAGE = 1 << 14  # The largest that Android has, bytes.


def run(*command, **kwargs):
    command = [str(part) for part in command]
    return subprocess.run(command, capture_output=True, text=True, **kwargs)


@pytest.fixture(scope="module")
def app():
    """The folder of the app, built."""
    if not os.environ.get("ANDROID_APP"):
        pytest.skip("needs the APK, Java and Maven: run make android")
    return pathlib.Path(os.environ["ANDROID_APP"])


@pytest.fixture(scope="module")
def apk(app):
    with zipfile.ZipFile(app / "target" / "drnet-debug.apk") as file:
        yield file


def verify(app, apk):
    jar = app / "target" / "tools" / "apksig.jar"
    source = DEMO / "packaging" / "VerifyApk.java"
    return run("java", "-cp", jar, source, 24, apk)


def offset(apk, name):
    """Return the position of a stored file's first byte."""
    entry = apk.getinfo(name)
    apk.fp.seek(entry.header_offset + 26)
    name_size, extra_size = struct.unpack("<HH", apk.fp.read(4))
    return entry.header_offset + 30 + name_size + extra_size


def test_the_signature_is_valid_until_a_byte_changes(app, apk, tmp_path):
    whole = verify(app, apk.filename)
    assert whole.returncode == 0, whole.stderr
    assert "verified true, scheme 2 true, scheme 3 true" in whole.stdout
    broken = tmp_path / "broken.apk"
    content = bytearray(pathlib.Path(apk.filename).read_bytes())
    content[len(content) // 2] ^= 1
    broken.write_bytes(content)
    assert verify(app, broken).returncode == 1


def test_the_manifest_agrees_with_the_gradle_file(app, apk):
    aapt2 = app / "target" / "tools" / "prebuilt" / "linux" / "aapt2_64"
    badging = run(aapt2, "dump", "badging", apk.filename).stdout
    for line in (
        "package: name='org.kerasdrnet.demo' versionCode='1' versionName='0.1.0'",
        "minSdkVersion:'24'",
        "targetSdkVersion:'35'",
        "uses-permission: name='android.permission.CAMERA'",
        "application: label='DrNet'",
        "launchable-activity: name='org.kerasdrnet.demo.MainActivity'",
        "native-code: 'arm64-v8a' 'x86_64'",
        "application-debuggable",
    ):
        assert line in badging
    permissions = re.findall(r"^uses-permission: name='(.*)'$", badging, re.MULTILINE)
    assert permissions == ["android.permission.CAMERA"]
    assert "uses-feature: name='android.hardware.camera" not in badging
    tree = run(
        *(aapt2, "dump", "xmltree", "--file", "AndroidManifest.xml", apk.filename)
    ).stdout
    assert re.search(r"extractNativeLibs\(.*\)=false", tree)


@pytest.mark.parametrize("abi", ELF_MACHINES)
def test_native_libraries_can_be_mapped(apk, abi):
    name = f"lib/{abi}/{LIBRARY}"
    assert apk.getinfo(name).compress_type == zipfile.ZIP_STORED
    assert offset(apk, name) % PAGE == 0
    header = apk.read(name)[:20]
    assert header[:4] == b"\x7fELF"
    assert struct.unpack("<H", header[18:])[0] == ELF_MACHINES[abi]


def test_models_can_be_mapped_and_match_their_digests(apk):
    names = [name for name in apk.namelist() if name.endswith(".tflite")]
    assert {pathlib.PurePath(name).name for name in names} == {
        "drnet.tflite",
        "drnet_float16.tflite",
        "drnet_int8.tflite",
    }
    for name in names:
        assert apk.getinfo(name).compress_type == zipfile.ZIP_STORED
        assert offset(apk, name) % 4 == 0
    for path in [n for n in apk.namelist() if n.endswith("/manifest.json")]:
        folder, files = path.rpartition("/")[0], json.loads(apk.read(path))["files"]
        for name in files:
            if name.endswith((".tflite", ".png", "signatures.json")):
                digest = hashlib.sha256(apk.read(f"{folder}/{name}")).hexdigest()
                assert digest == files[name]["sha256"]


def test_it_contains_the_code_but_no_tests(apk):
    dex = apk.read("classes.dex")
    assert dex[:4] == b"dex\n"
    assert b"Lorg/kerasdrnet/demo/MainActivity;" in dex
    assert b"Lorg/tensorflow/lite/Interpreter;" in dex
    assert b"robolectric" not in dex and b"junit" not in dex
    prefixes = ("AndroidManifest.xml", "META-INF/", "assets/", "classes", "lib/", "res")
    assert all(name.startswith(prefixes) for name in apk.namelist())
    assert not any("golden" in name for name in apk.namelist())


def test_screenshots_were_made(app):
    shots = {path.name for path in (app / "target" / "screenshots").iterdir()}
    assert {"portrait.png", "landscape.png", "observed.png"} <= shots


def test_a_missing_bundle_is_explained(tmp_path):
    shutil.copytree(DEMO / "packaging", tmp_path / "packaging")
    (tmp_path / "app").mkdir()
    done = run(
        sys.executable, tmp_path / "packaging/link_resources.py", tmp_path / "app", "x"
    )
    assert done.returncode == 1
    assert f"{tmp_path}/bundles has no bundle" in done.stderr
    assert "make android" in done.stderr


def test_maven_and_gradle_have_the_same_versions():
    catalog = (DEMO / "gradle" / "libs.versions.toml").read_text()
    gradle = dict(re.findall(r'^([\w-]+) = "([\d.]+)"$', catalog, re.MULTILINE))
    pom = xml.etree.ElementTree.parse(DEMO / "pom.xml")
    maven = {
        node.tag.rpartition("}")[2]: node.text
        for node in pom.iterfind("{*}properties/*")
    }
    for name in ("tensorflow-lite", "junit", "robolectric"):
        assert gradle[name] == maven[f"{name}.version"]
