#!/bin/sh
# Prints a folder with the sources of jansson, for NR_JANSSON_SOURCE: Debian's source package, fetched
# by apt-get into build/jansson unless it is there already.
# SPDX-License-Identifier: Apache-2.0
#
# usage: cmake/jansson_source.sh
set -eu
cd "$(dirname "$0")/.."
package=2.14-2
archive=jansson_2.14.orig.tar.gz
checksum=c739578bf6b764aa0752db9a2fdadcfe921c78f1228c7ec0bb47fa804c55d17b
folder=$PWD/build/jansson

# Where the binary packages come from, the sources do as well; apt's own lists stay as they are.
fetch() {
    mkdir -p parts lists/partial cache/archives/partial
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"parts/${file##*/}"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -e "$file" ] && sed -n 's/^deb /deb-src /p' "$file" >"parts/$(basename "$file" .list).list"
    done
    set -- -q -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$folder/parts" \
        -o Dir::State::Lists="$folder/lists" -o Dir::Cache="$folder/cache" -o APT::Sandbox::User= -o Acquire::Retries=3
    # Another repository of this machine may be out of reach.
    apt-get "$@" update || true
    apt-get "$@" source --download-only jansson=$package
}

mkdir -p "$folder"
cd "$folder"
[ -e $archive ] || fetch >log 2>&1 || { cat log >&2 && exit 1; }
echo "$checksum  $archive" | sha256sum -c --quiet >&2
[ -d jansson-2.14 ] || tar xzf $archive
echo "$folder/jansson-2.14"
