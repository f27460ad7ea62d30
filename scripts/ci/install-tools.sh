#!/bin/sh
# Installs what the interop suite needs on a bare Debian machine, a JDK (javac included), Maven and
# kcat, and the tools of the fault suites. Does nothing, and asks for no rights, where all of them are there. Quiet but for failures.
set -eu

missing=
command -v javac >/dev/null 2>&1 || missing="$missing default-jdk-headless"
command -v mvn >/dev/null 2>&1 || missing="$missing maven"
command -v kcat >/dev/null 2>&1 || missing="$missing kcat"
command -v strace >/dev/null 2>&1 || missing="$missing strace"
command -v xfs_io >/dev/null 2>&1 || missing="$missing xfsprogs"
command -v mkfs.ext4 >/dev/null 2>&1 || missing="$missing e2fsprogs"
command -v bindfs >/dev/null 2>&1 || missing="$missing bindfs fuse3"
command -v faketime >/dev/null 2>&1 || missing="$missing faketime"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  echo "install-tools: no apt-get here; install by hand:$missing" >&2
  exit 1
fi
as_root=
[ "$(id -u)" -eq 0 ] || as_root=sudo

log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of package names, and an empty word where no sudo is needed
if ! { $as_root apt-get -q update && $as_root apt-get -q -y --no-install-recommends install $missing; } \
  >"$log" 2>&1; then
  cat "$log" >&2
  echo "install-tools: could not install$missing" >&2
  exit 1
fi
