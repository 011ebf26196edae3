"""Compiles the app's resources and links them with its manifest and assets.

    python link_resources.py app_dir android.jar

Writes `target/apk/resources.apk`, `target/apk/AndroidManifest.xml` and `R.java`. The
package and the versions come from `app/build.gradle.kts`, which alone has them.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree

ANDROID = "http://schemas.android.com/apk/res/android"
BUNDLE_FILES = ("*.json", "*.tflite", "examples/*/*.png")
SETTINGS = {
    "namespace": r'namespace = "([\w.]+)"',
    "min_sdk": r"minSdk = (\d+)",
    "target_sdk": r"targetSdk = (\d+)",
    "version_code": r"versionCode = (\d+)",
    "version_name": r'versionName = "([\w.]+)"',
}


def main(app, android_jar):
    """Link the resources of an app."""
    copy_bundles(app.parent / "bundles", app / "target" / "assets" / "bundles")
    output = app / "target" / "apk"
    output.mkdir(parents=True, exist_ok=True)
    manifest = output / "AndroidManifest.xml"
    merge_manifest(app, manifest)
    aapt2 = app / "target" / "tools" / "prebuilt" / "linux" / "aapt2_64"
    aapt2.chmod(0o755)
    compiled = output / "resources.zip"
    run(aapt2, "compile", "--dir", app / "src/main/res", "-o", compiled)
    run(
        *(aapt2, "link", "-I", android_jar, "--manifest", manifest),
        *("--java", app / "target/generated-sources/resources"),
        *("-A", app / "target/assets", "-0", ".tflite"),
        *("-o", output / "resources.apk", compiled),
    )


def copy_bundles(bundles, assets):
    """Copy of each bundle what the app reads."""
    folders = sorted(path.parent for path in bundles.glob("*/signatures.json"))
    if not folders:
        sys.exit(
            f"{bundles} has no bundle. Export one into it, python -m export.main "
            f"--run_dir=... --output_dir={bundles}/NAME, or run make android, which "
            "exports the model that comes with keras_drnet."
        )
    shutil.rmtree(assets, ignore_errors=True)
    for folder in folders:
        for pattern in BUNDLE_FILES:
            for path in folder.glob(pattern):
                copy = assets / folder.name / path.relative_to(folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)


def settings(app):
    """Read the package and the versions out of the Gradle file."""
    text = (app / "build.gradle.kts").read_text()
    return {name: re.search(p, text).group(1) for name, p in SETTINGS.items()}


def merge_manifest(app, path):
    """Write the manifest with what the Gradle file says, as Gradle does."""
    values = settings(app)
    xml.etree.ElementTree.register_namespace("android", ANDROID)
    tree = xml.etree.ElementTree.parse(app / "src/main/AndroidManifest.xml")
    root = tree.getroot()
    root.set("package", values["namespace"])
    root.set(f"{{{ANDROID}}}versionCode", values["version_code"])
    root.set(f"{{{ANDROID}}}versionName", values["version_name"])
    uses_sdk = xml.etree.ElementTree.SubElement(root, "uses-sdk")
    uses_sdk.set(f"{{{ANDROID}}}minSdkVersion", values["min_sdk"])
    uses_sdk.set(f"{{{ANDROID}}}targetSdkVersion", values["target_sdk"])
    application = root.find("application")
    # A debug key signs it, and a debugger may attach: it is not for a store.
    application.set(f"{{{ANDROID}}}debuggable", "true")
    # Libraries are mapped out of the APK: `build_apk.py` aligns them.
    application.set(f"{{{ANDROID}}}extractNativeLibs", "false")
    tree.write(path, encoding="utf-8", xml_declaration=True)


def run(*command):
    """Run a tool; what it complains of is shown, and ends this program."""
    done = subprocess.run([str(part) for part in command], check=False)
    if done.returncode:
        sys.exit(f"{pathlib.Path(command[0]).name} failed; see above.")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
