# Debian's gcc for Linux on arm64.
# SPDX-License-Identifier: Apache-2.0
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
# Otherwise libgcc asks glibc which atomic instructions the processor has.
set(CMAKE_C_FLAGS_INIT -mno-outline-atomics)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
