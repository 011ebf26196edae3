"""Packs the app that Maven compiled into a signed debug APK.

    python build_apk.py app_dir android.jar

Classes become dex files by D8. Native libraries are stored as they are, at multiples of
16 KiB, so that Android maps them out of the APK; other stored files at multiples of 4.
"""

import os
import pathlib
import struct
import subprocess
import sys
import zipfile

from link_resources import run, settings

APK_NAME = "drnet-debug.apk"
ABIS = ("arm64-v8a", "x86_64")
LIBRARY = "libtensorflowlite_jni.so"
LIBRARY_ALIGNMENT, ALIGNMENT = 1 << 14, 4
ALIGNMENT_FIELD = 0xD935  # Of a zip entry's extra fields: Android's padding.
LOCAL_HEADER_SIZE = 30
DATE = (1980, 1, 1, 0, 0, 0)  # The same classes give the same bytes.
# Debug keys have this password everywhere; the key is made again for each checkout.
PASSWORD = "android"


def main(app, android_jar):
    """Build `target/drnet-debug.apk`."""
    target = app / "target"
    tflite = app.parent / "jvm" / "tensorflow-lite" / "target"
    dex(app, tflite / "classes", android_jar)
    unsigned = target / "apk" / "unsigned.apk"
    with zipfile.ZipFile(unsigned, "w") as apk:
        with zipfile.ZipFile(target / "apk" / "resources.apk") as resources:
            for entry in resources.infolist():
                is_stored = entry.compress_type == zipfile.ZIP_STORED
                add(apk, entry.filename, resources.read(entry), is_stored=is_stored)
        for path in sorted((target / "dex").glob("*.dex")):
            add(apk, path.name, path.read_bytes(), is_stored=False)
        for abi in ABIS:
            library = tflite / "tensorflow-lite" / "jni" / abi / LIBRARY
            add(apk, f"lib/{abi}/{LIBRARY}", library.read_bytes(), is_stored=True)
    signed, min_sdk = target / APK_NAME, settings(app)["min_sdk"]
    sign(target, unsigned, signed, min_sdk)
    run_java(target, "VerifyApk.java", min_sdk, signed)
    print(f"{signed}: {signed.stat().st_size / 1e6:.1f} MB")


def dex(app, tflite_classes, android_jar):
    """Compile classes for Android."""
    target = app / "target"
    output = target / "dex"
    output.mkdir(exist_ok=True)
    jar = target / "apk" / "classes.jar"
    with zipfile.ZipFile(jar, "w") as classes:
        for folder in (target / "classes", tflite_classes):
            for path in sorted(folder.rglob("*.class")):
                classes.write(path, path.relative_to(folder))
    run(
        *("java", "-cp", target / "tools" / "r8.jar", "com.android.tools.r8.D8"),
        *("--min-api", settings(app)["min_sdk"], "--lib", android_jar),
        *("--output", output, jar),
    )


def add(apk, name, data, *, is_stored):
    """Add a file, aligned where it is stored."""
    entry = zipfile.ZipInfo(name, DATE)
    entry.external_attr = 0o644 << 16
    if is_stored:
        alignment = LIBRARY_ALIGNMENT if name.endswith(".so") else ALIGNMENT
        header = struct.pack("<HHH", ALIGNMENT_FIELD, 0, alignment)
        start = apk.fp.tell() + LOCAL_HEADER_SIZE + len(name.encode()) + len(header)
        padding = -start % alignment
        size = len(header) - 4 + padding
        entry.extra = struct.pack("<HHH", ALIGNMENT_FIELD, size, alignment)
        entry.extra += bytes(padding)
    else:
        entry.compress_type = zipfile.ZIP_DEFLATED
    apk.writestr(entry, data)


def sign(target, unsigned, signed, min_sdk):
    """Sign an APK with a debug key, which is made if there is none."""
    keys = target / "debug.p12"
    if not keys.exists():
        unfinished = keys.with_suffix(".unfinished")
        unfinished.unlink(missing_ok=True)
        subprocess.run(
            [
                *("keytool", "-genkeypair", "-keystore", unfinished),
                *("-storetype", "PKCS12", "-storepass", PASSWORD),
                *("-alias", "debug", "-dname", "CN=Android Debug"),
                *("-keyalg", "RSA", "-keysize", "2048", "-validity", "10000"),
            ],
            check=True,
            capture_output=True,
        )
        os.replace(unfinished, keys)
    run_java(target, "SignApk.java", keys, PASSWORD, min_sdk, unsigned, signed)


def run_java(target, source, *arguments):
    """Run a program of this folder with the library for signatures."""
    jar = target / "tools" / "apksig.jar"
    run("java", "-cp", jar, pathlib.Path(__file__).with_name(source), *arguments)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
