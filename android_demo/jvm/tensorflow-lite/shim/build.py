"""Makes Android's native libraries loadable by the JVM of an x86-64 Linux.

    python build.py libtensorflowlite_jni.so output_dir

Android's C library has the names and, nearly everywhere, the binary interface of other
C libraries, under the symbol version LIBC. The libraries made here carry those names
and forward to the machine's own; `libc.c` has what differs. The library that is
to be loaded stays as it is, and is copied beside them.

On other machines nothing is made: tests that need a model say so and are skipped.
"""

import pathlib
import platform
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
LIBC_SOURCE = HERE / "libc.c"
MACHINE = ("Linux", "x86_64")
# A jump under Android's name: the arguments are where they were.
FORWARD = (
    '__asm__(".text\\n.globl android_{name}\\n.type android_{name},@function\\n'
    "android_{name}: jmp {name}@PLT\\n"
    '.symver android_{name},{name}@LIBC\\n");'
)


def main(library, output_dir):
    """Build the libraries into a folder."""
    if (platform.system(), platform.machine()) != MACHINE:
        print(f"No {'-'.join(MACHINE)}: the model will not be run on the JVM.")
        return
    output_dir.mkdir(parents=True, exist_ok=True)
    own = set(re.findall(r"^ANDROID\((\w+)\);", LIBC_SOURCE.read_text(), re.MULTILINE))
    wanted = imports(library) - own
    (output_dir / "forwards.h").write_text(
        "\n".join(FORWARD.format(name=name) for name in sorted(wanted)) + "\n"
    )
    compile_library("libc.so", LIBC_SOURCE, output_dir, "-lm")
    compile_library("liblog.so", HERE / "liblog.c", output_dir)
    for name in ("libm.so", "libdl.so"):
        compile_library(name, HERE / "empty.c", output_dir)
    shutil.copy(library, output_dir)


def imports(library):
    """Return the functions that a library takes from Android's C library."""
    symbols = subprocess.run(
        ["readelf", "--dyn-syms", "--wide", library],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return set(re.findall(r"FUNC +GLOBAL +DEFAULT +UND (\w+)@LIBC", symbols))


def compile_library(name, source, output_dir, *flags):
    """Compile one source to a library whose symbols have the version LIBC."""
    subprocess.run(
        [
            *("gcc", "-O1", "-Wall", "-Werror", "-fPIC", "-shared", f"-I{output_dir}"),
            *(f"-Wl,-soname,{name}", f"-Wl,--version-script={HERE / 'versions.map'}"),
            *("-o", output_dir / name, source, *flags),
        ],
        check=True,
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
