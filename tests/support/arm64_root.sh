#!/usr/bin/env bash
# Makes a root folder in which qemu runs an arm64 Python with NumPy and TFLite runtimes.
# Usage: tests/support/arm64_root.sh FOLDER PYTHON
# PYTHON is any with pip. The file `ready` in the folder says that it is complete.
set -euo pipefail

if [ $# -ne 2 ]; then
  echo "Usage: $0 FOLDER PYTHON" >&2
  exit 2
fi
root=$1 python=$2 unfinished=$1.unfinished

# debootstrap makes device files and files that belong to root.
if [ "$(id -u)" -ne 0 ]; then
  echo "Making $root needs root: sudo $0 $root $python" >&2
  exit 2
fi
for program in debootstrap qemu-aarch64-static; do
  if ! command -v $program >/dev/null; then
    echo "$program is missing: apt-get install debootstrap qemu-user-static" >&2
    exit 2
  fi
done

# Made in a temporary sibling and renamed, so that an interrupted run leaves no folder.
rm -rf "$unfinished"
mkdir -p "$unfinished"
debootstrap --foreign --arch=arm64 --variant=minbase --include=python3,libstdc++6 \
  bookworm "$unfinished" >"$unfinished.log" ||
  { tail -n 3 "$unfinished.log" >&2; exit 1; }

# The second stage of debootstrap would run arm64 programs in a chroot, for which qemu
# has to be registered in the kernel. Python needs only the unpacked packages. Not
# `dpkg-deb -x`, which replaces the links of the merged /usr (/lib to usr/lib) by folders.
for package in "$unfinished"/var/cache/apt/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" |
    tar --extract --keep-directory-symlink --directory="$unfinished"
done
rm -rf "$unfinished/var/cache/apt"

# LiteRT from 2.2 on crashes in Debian 12's qemu, 7.2. pip matches the wheels' tags
# exactly, so each glibc version is named. `--no-deps`, as the interpreters do not import
# the other packages.
"$python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --target="$unfinished/site" --only-binary=:all: --python-version=3.11 \
  --implementation=cp --abi=cp311 --platform=manylinux_2_34_aarch64 \
  --platform=manylinux_2_27_aarch64 --platform=manylinux2014_aarch64 \
  ai-edge-litert==2.1.0 tflite-runtime==2.14.0 numpy==1.26.4

touch "$unfinished/ready"
rm -rf "$root" "$unfinished.log"
mv "$unfinished" "$root"
