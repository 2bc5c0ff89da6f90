#!/bin/sh
# Checks of every file in dist/: built anew, and compared with the tables beside this script.
# SPDX-License-Identifier: Apache-2.0
#
# usage: tests/platforms/run.sh BUILD_DIR
# A platform whose compiler is not installed is skipped. Nothing is run here: see platforms.sh.
set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$(realpath "$1")/tests/platforms
mkdir -p "$out"

. "$here/../checks.sh"

equal() {
    [ "$1" = "$2" ] || { echo "is '$1', should be '$2'" && false; }
}

at_most() {
    echo "is $1, should be at most $2"
    [ "$(printf '%s\n' "$1" "$2" | sort -V | tail -n 1)" = "$2" ]
}

# ---- ELF ----

elf_version() {
    versions=$(readelf -VW "$1" | grep -o 'GLIBC_[0-9.]*' | sort -uV)
    echo "${versions:--}" | tail -n 1 | sed 's/GLIBC_//'
}

elf_needed() {
    readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ' | sed 's/ $//'
}

elf_exports() {
    readelf --dyn-syms -W "$1" | awk '$7 != "UND" && $5 ~ /GLOBAL|WEAK/ { print $8 }' | sort
}

# Stack and code cannot be the same memory, and what the loader filled in is read-only afterwards.
elf_is_hardened() {
    readelf -lW "$1" | grep -q 'GNU_STACK .* RW ' || echo "the stack is executable"
    readelf -lW "$1" | grep -q 'GNU_RELRO' || echo "no RELRO"
    readelf -lW "$1" | grep -q 'LOAD .* RWE ' && echo "memory that is writable and executable"
    readelf -dW "$1" | grep -q 'BIND_NOW' || echo "not bound at load time"
    readelf -dW "$1" | grep -q 'TEXTREL' && echo "relocations in code"
    readelf -dW "$1" | grep -qE '\((RPATH|RUNPATH)\)' && echo "a search path for libraries"
    readelf -nW "$1" | grep -q 'Build ID: [0-9a-f]\{40\}' || echo "no build id"
    readelf -hW "$1" | grep -q 'DYN ' || echo "not position independent"
}

elf_debug_is_beside() {
    readelf -SW "$1" | grep -q ' \.symtab ' && echo "is not stripped"
    readelf -p .gnu_debuglink "$1" | grep -q "${1##*/}.debug" || echo "does not name its debug file"
    readelf -SW "$1.debug" | grep -q ' \.debug_info ' || echo "the debug file is empty"
    [ "$(readelf -nW "$1" | grep 'Build ID')" = "$(readelf -nW "$1.debug" | grep 'Build ID')" ] ||
        echo "the debug file is that of another build"
}

# In a static program the C library has it in any case.
elf_has_stack_protector() {
    readelf --dyn-syms -W "$1" | grep -q '__stack_chk_fail'
}

# glibc and musl have theirs under different names.
elf_names_no_loader() {
    readelf -lW "$1" | grep 'INTERP'
}

elf_has_no_constructors() {
    readelf -dW "$1" | grep -E '\((INIT|INIT_ARRAY|FINI|FINI_ARRAY)\)'
}

# silent COMMAND…: passes when the command has no complaint.
silent() {
    complaints=$("$@")
    echo "$complaints"
    [ -z "$complaints" ]
}

elf() {
    path=$root/dist/$1
    check "$1: architecture" equal "$(readelf -hW "$path" | sed -n 's/.*Machine: *//p' | sed 's/.* //')" "$2"
    check "$1: glibc" equal "$(elf_version "$path")" "$3"
    check "$1: protections" silent elf_is_hardened "$path"
    check "$1: debug information" silent elf_debug_is_beside "$path"
    case $1 in
    *.so)
        check "$1: exports" equal "$(elf_exports "$path")" "$(cat "$here/exports.txt")"
        check "$1: no constructors" silent elf_has_no_constructors "$path"
        check "$1: stack protector" elf_has_stack_protector "$path"
        ;;
    *) check "$1: runs with any C library" silent elf_names_no_loader "$path" ;;
    esac
    needed=$(elf_needed "$path")
}

# ---- PE ----

pe_architecture() {
    case $("$objdump" -f "$1" | sed -n 's/.*file format //p') in
    pei-x86-64) echo x64 ;;
    pei-i386) echo x86 ;;
    esac
}

pe_needed() {
    "$objdump" -p "$1" | sed -n 's/.*DLL Name: //p' | tr 'A-Z' 'a-z' | sed 's/\.dll$//' | sort | tr '\n' ' ' |
        sed 's/ $//'
}

pe_exports() {
    "$objdump" -p "$1" | sed -n '/Ordinal\/Name Pointer/,/^$/s/.*\[ *[0-9]*\] \([^ ]*\)$/\1/p' | sort
}

pe_is_hardened() {
    "$objdump" -p "$1" | grep -q DYNAMIC_BASE || echo "always at the same address"
    "$objdump" -p "$1" | grep -q NX_COMPAT || echo "data can be executed"
    [ "$(pe_architecture "$1")" = x86 ] || "$objdump" -p "$1" | grep -q HIGH_ENTROPY_VA ||
        echo "within 4 GB only"
    "$objdump" -p "$1" | grep -q 'Base Relocation' || echo "cannot be moved"
}

pe_has_version() {
    tr -d '\0' <"$1" | grep -aq VS_VERSION_INFO  # UTF-16
}

pe_debug_is_beside() {
    "$objdump" -h "$1" | grep -q ' \.debug_info' && echo "is not stripped"
    "$objdump" -h "$1.debug" | grep -q ' \.debug_info' || echo "the debug file is empty"
}

pe() {
    path=$root/dist/$1
    objdump=x86_64-w64-mingw32-objdump
    [ "$2" = x64 ] || objdump=i686-w64-mingw32-objdump
    check "$1: architecture" equal "$(pe_architecture "$path")" "$2"
    check "$1: protections" silent pe_is_hardened "$path"
    check "$1: version resource" pe_has_version "$path"
    check "$1: debug information" silent pe_debug_is_beside "$path"
    case $1 in
    *.dll) check "$1: exports" equal "$(pe_exports "$path")" "$(cat "$here/exports.txt")" ;;
    esac
    needed=$(pe_needed "$path")
}

# ---- Mach-O ----

macho_architecture() {
    llvm-objdump-14 --macho --private-header "$1" | awk '/^MH_MAGIC_64/ { print $2 }'
}

macho_command() {
    llvm-objdump-14 --macho --private-headers "$1" | sed -n "/cmd $2\$/,/^Load command/p"
}

macho_oldest_system() {
    macho_command "$1" LC_BUILD_VERSION | sed -n 's/^ *minos //p'
}

macho_needed() {
    macho_command "$1" LC_LOAD_DYLIB | sed -n 's/^ *name \(.*\) (offset.*/\1/p' | sort | tr '\n' ' ' | sed 's/ $//'
}

macho_exports() {
    llvm-nm-14 --extern-only --defined-only "$1" | sed 's/.* _//' | sort
}

macho_says_no_path() {
    macho_command "$1" LC_ID_DYLIB | grep -q 'name @rpath/libNewRelicProfiler.dylib ' || echo "another install name"
    grep -a -o "$root[^ ]*" "$1" | head -n 3
}

# big_endian FILE OFFSET BYTES
big_endian() {
    od -An --endian=big "-tu$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# macOS refuses code for arm64 that is not signed: the signature holds a SHA-256 of each page.
macho_is_signed() {
    blob=$(macho_command "$1" LC_CODE_SIGNATURE | sed -n 's/^ *dataoff //p')
    [ -n "$blob" ] || { echo "no signature" && return; }
    directory=$((blob + $(big_endian "$1" $((blob + 16)) 4)))
    [ "$(big_endian "$1" $directory 4)" = "$((0xfade0c02))" ] || { echo "no code directory" && return; }
    hashes=$((directory + $(big_endian "$1" $((directory + 16)) 4)))
    pages=$(big_endian "$1" $((directory + 28)) 4)
    [ "$(big_endian "$1" $((directory + 32)) 4)" = "$blob" ] || echo "signs a part only"
    page=0
    while [ $page -lt "$pages" ]; do
        signed=$(od -An -tx1 -j $((hashes + 32 * page)) -N 32 "$1" | tr -d ' \n')
        is=$(head -c "$blob" "$1" | tail -c +$((4096 * page + 1)) | head -c 4096 | sha256sum | sed 's/ .*//')
        [ "$signed" = "$is" ] || echo "page $page is not what was signed"
        page=$((page + 1))
    done
}

macho() {
    path=$root/dist/$1
    check "$1: architecture" equal "$(macho_architecture "$path")" "$2"
    check "$1: oldest macOS" equal "$(macho_oldest_system "$path")" "$3"
    check "$1: exports" equal "$(macho_exports "$path")" "$(cat "$here/exports.txt")"
    check "$1: no path of this machine" silent macho_says_no_path "$path"
    check "$1: signature" silent macho_is_signed "$path"
    needed=$(macho_needed "$path")
}

# ---- the allow-list ----

# A line "SYMBOL VERSION" for each entry.
allowed() {
    awk '/^lib/ { for (i = 3; i <= NF; i++) { sub(":.*", "", $i); print $i, $2 } }' \
        "$root/cmake/old_libc/symbols.txt" | sort
}

allowed_in_glibc() {
    for library in libc.so.6 libpthread.so.0 libdl.so.2; do
        readelf --dyn-syms -W "/lib/x86_64-linux-gnu/$library"
    done | awk '$7 != "UND" && $8 ~ /@/ { sub("@+", " ", $8); print $8 }' | sort -u >"$out/glibc.txt"
    allowed | grep -v ' arm64$' | comm -23 - "$out/glibc.txt"
}

allowed_in_musl() {
    readelf --dyn-syms -W "$1" | awk '$7 != "UND" { print $8 }' | sort -u >"$out/musl.txt"
    allowed | sed 's/ .*//' | sort -u | comm -23 - "$out/musl.txt"
}

outside_is_refused() {
    echo 'int gettid(void); int call(void) { return gettid(); }' >"$out/outside.c"
    ! x86_64-linux-gnu-gcc -fPIC -shared -nostdlib -Wl,-z,defs -o "$out/outside" "$out/outside.c" \
        "$root/build/linux-x64/old_libc/libc.so.6" -lgcc 2>"$out/outside.txt" &&
        grep -q 'undefined reference to .gettid' "$out/outside.txt"
}

# ---- all files ----

"$root/cmake/release.sh" >"$out/release.txt" 2>"$out/release.log"
status=$?
grep -E ': skipped, ' "$out/release.log"
skipped=$(grep -c -E ': skipped, ' "$out/release.log")
check "the release builds" sh -c "cat '$out/release.log'; exit $status"

while read -r file architecture version size libraries; do
    case $file in '' | '#'*) continue ;; esac
    grep -q "^dist/${file%%/*}$" "$out/release.txt" || continue
    check "$file exists" test -f "$root/dist/$file"
    [ -f "$root/dist/$file" ] || continue
    case $file in
    linux-*) elf "$file" "$architecture" "$version" ;;
    win-*) pe "$file" "$architecture" ;;
    osx-*) macho "$file" "$architecture" "$version" ;;
    esac
    check "$file: libraries" equal "$needed" "$libraries"
    check "$file: size" at_most "$(($(wc -c <"$root/dist/$file") / 1024))" "$size"
done <"$here/expected.txt"

# Nothing is built that the table does not know.
unknown_files() {
    (cd "$root/dist" && find . -type f ! -name '*.debug' ! -name '*.lib' ! -path './packages/*') | sed 's|^\./||' | sort >"$out/files.txt"
    awk '!/^#/ && NF { print $1 }' "$here/expected.txt" | sort | comm -13 - "$out/files.txt"
}
check "every file is in the table" silent unknown_files

if [ -d "$root/build/linux-x64/old_libc" ]; then
    check "glibc has every allowed symbol" silent allowed_in_glibc
    check "a symbol outside the list is refused" outside_is_refused
fi
musl=/lib/x86_64-linux-musl/libc.so
if [ -f "$musl" ]; then
    check "musl has every allowed symbol" silent allowed_in_musl "$musl"
else
    skip "allow-list against musl: $musl is not installed (Debian: musl)"
fi

finish
