#!/usr/bin/env bash
# Makes the folder in which qemu runs an arm64 Python with NumPy and TFLite runtimes.
# Usage: tests/support/arm64_root.sh FOLDER PYTHON
# PYTHON is any with pip; the folder gets the file `ready` when all of it is there.
set -euo pipefail

if [ $# -ne 2 ]; then
  echo "Usage: $0 FOLDER PYTHON" >&2
  exit 2
fi
root=$1 python=$2 unfinished=$1.unfinished

# What debootstrap makes, device files too, belongs to root.
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

# Made aside and renamed: an interrupted run is not taken for a whole one.
rm -rf "$unfinished"
mkdir -p "$unfinished"
debootstrap --foreign --arch=arm64 --variant=minbase --include=python3,libstdc++6 \
  bookworm "$unfinished" >"$unfinished.log" ||
  { tail -n 3 "$unfinished.log" >&2; exit 1; }

# The second stage of debootstrap would run arm64 programs in a chroot, for which the
# kernel has to know qemu. Unpacked packages are enough for Python. `dpkg-deb -x` would
# replace the links of the merged /usr (/lib to usr/lib) by folders.
for package in "$unfinished"/var/cache/apt/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" |
    tar --extract --keep-directory-symlink --directory="$unfinished"
done
rm -rf "$unfinished/var/cache/apt"

# LiteRT from 2.2 on crashes in Debian 12's qemu, 7.2. The wheels' tags are exact: pip
# does not take the older glibc of one for included in the newer of another. Without
# what the packages name besides, which their interpreters do not import.
"$python" -m pip install --quiet --disable-pip-version-check --no-deps \
  --target="$unfinished/site" --only-binary=:all: --python-version=3.11 \
  --implementation=cp --abi=cp311 --platform=manylinux_2_34_aarch64 \
  --platform=manylinux_2_27_aarch64 --platform=manylinux2014_aarch64 \
  ai-edge-litert==2.1.0 tflite-runtime==2.14.0 numpy==1.26.4

touch "$unfinished/ready"
rm -rf "$root" "$unfinished.log"
mv "$unfinished" "$root"
