#!/bin/sh
# Unpacks packages of a Debian release and all they depend on into a folder, to run things in it.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/platforms/debian_root.sh FOLDER SUITE ARCHITECTURE PACKAGE...
# From the mirror that this machine's apt uses. Nothing is installed: no scripts run, apt's own lists stay
# as they are. A folder that is there already is left alone.
set -eu
folder=$1 suite=$2 architecture=$3
shift 3
[ ! -e "$folder/complete" ] || exit 0
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep '/debian/$' | head -n 1)
[ -n "$mirror" ] || { echo "debian_root.sh: apt has no mirror of Debian" >&2; exit 1; }
rm -rf "$folder"
mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/apt/parts" "$folder/root"
cd "$folder"
: >apt/status
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >apt/sources.list
apt() {
    apt-get -q -y -o Dir::Etc::SourceList="$PWD/apt/sources.list" -o Dir::Etc::SourceParts="$PWD/apt/parts" \
        -o Dir::State="$PWD/apt" -o Dir::State::Lists="$PWD/apt/lists" -o Dir::State::status="$PWD/apt/status" \
        -o Dir::Cache="$PWD/apt/cache" -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
        -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Debug::NoLocking=true \
        -o Binary::apt::APT::Keep-Downloaded-Packages=true "$@"
}
{ apt update && apt install --download-only "$@"; } >apt/log 2>&1 || { tail -n 5 apt/log >&2 && exit 1; }
for package in apt/cache/archives/*.deb; do dpkg-deb --extract "$package" root; done
rm -rf apt/cache apt/lists
touch complete
