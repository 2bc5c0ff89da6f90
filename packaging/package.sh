#!/bin/sh
# Packs dist/ into an archive a platform and one NuGet package: dist/packages/, with their SHA-256 sums.
# SPDX-License-Identifier: Apache-2.0
#
# usage: packaging/package.sh AGENT_DIR
# The same sources give the same bytes: order, times, owners and permissions of the packed files are set
# here. SOURCE_DATE_EPOCH is the time of all of them; by default that of the last commit.
set -eu
export LC_ALL=C TZ=UTC
umask 022
cd "$(dirname "$0")/.."
agent=$1/NewRelic.Agent.Core.dll
version=$(sed -n 's/^project(nrprof VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
time=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 946684800)}
packages=$PWD/dist/packages
stage=$PWD/build/packages
rm -rf "$packages" "$stage"
mkdir -p "$packages" "$stage"

command -v zip >/dev/null || { echo "package.sh: zip is missing (Debian: apt-get install zip)" >&2; exit 1; }

# put MODE FILE TARGET
put() {
    mkdir -p "$(dirname "$3")"
    cp "$2" "$3"
    chmod "$1" "$3"
}

put_home() {
    put 644 packaging/home/newrelic.config "$1/newrelic.config"
    put 644 packaging/home/extensions/application.xml "$1/extensions/application.xml"
    put 644 "$agent" "$1/NewRelic.Agent.Core.dll"
}

# seal FOLDER: what every package has, and the sums of all that is in it.
seal() {
    put 644 LICENSE "$1/LICENSE"
    put 644 packaging/README.md "$1/README.md"
    for page in install configuration troubleshooting; do put 644 docs/$page.md "$1/docs/$page.md"; done
    (cd "$1" && find . -type f | sed 's|^\./||' | sort | xargs -d '\n' sha256sum >"$stage/sums" && mv "$stage/sums" SHA256SUMS)
    find "$1" -exec touch -d "@$time" {} +
}

# zipped FILE FOLDER [FIRST]: one file may have to come first.
zipped() {
    (cd "$2" && { [ $# -lt 3 ] || echo "./$3"; find . -type f | sort | grep -v -x -F "./${3:-}"; } | zip -X -q -@ "$1")
}

# Those of the libraries in nrprof. Without jansson's sources it was built without jansson.
put_licenses() {
    ! jansson=${NR_JANSSON_SOURCE:-$(cmake/jansson_source.sh)} || put 644 "$jansson/LICENSE" "$1/licenses/jansson.txt"
    case $2 in linux-*) put 644 /usr/share/common-licenses/LGPL-2.1 "$1/licenses/glibc.txt" ;; esac
}

archive() {
    name=nrprof-$version-$1
    for file in dist/"$1"/*; do
        case $file in
        *.debug | *.lib) ;;
        *) put 755 "$file" "$stage/$name/${file##*/}" ;;
        esac
    done
    if [ "$1" != osx-arm64 ]; then
        put 644 "$agent" "$stage/$name/agent/NewRelic.Agent.Core.dll"
        put_licenses "$stage/$name" "$1"
    fi
    put_home "$stage/$name/home"
    seal "$stage/$name"
    (cd "$stage" && find "$name" -type f | sort | tar -c --format=ustar --owner=0 --group=0 --numeric-owner -T - |
        gzip -n -9 >"$packages/$name.tar.gz")
    mkdir "$stage/$1" && mv "$stage/$name" "$stage/$1/"
    zipped "$packages/$name.zip" "$stage/$1"
}

nuget() {
    folder=$stage/nuget
    for file in dist/*/libNewRelicProfiler.* dist/*/NewRelic.Profiler.dll; do
        case $file in *.debug | *'*'*) continue ;; esac
        rid=${file#dist/}
        put 644 "$file" "$folder/runtimes/${rid%%/*}/native/${file##*/}"
    done
    put_home "$folder/tools/home"
    put 644 packaging/nrprof.props "$folder/build/nrprof.props"
    put 644 packaging/content_types.xml "$folder/[Content_Types].xml"
    put 644 packaging/relationships.xml "$folder/_rels/.rels"
    sed "s/@VERSION@/$version/" packaging/nrprof.nuspec.in >"$folder/nrprof.nuspec"
    chmod 644 "$folder/nrprof.nuspec"
    seal "$folder"
    zipped "$packages/nrprof.$version.nupkg" "$folder" '[Content_Types].xml'
}

for platform in linux-x64 linux-arm64 win-x64 win-x86 osx-arm64; do
    [ ! -d "dist/$platform" ] || archive $platform
done
nuget
(cd "$packages" && sha256sum -- * >"$stage/sums" && mv "$stage/sums" SHA256SUMS && sed "s|^|dist/packages: |" SHA256SUMS)
