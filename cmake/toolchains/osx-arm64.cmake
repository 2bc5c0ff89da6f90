# Debian's clang and lld for macOS on arm64, without Apple's SDK.
# SPDX-License-Identifier: Apache-2.0
set(CMAKE_SYSTEM_NAME Darwin)
set(CMAKE_SYSTEM_PROCESSOR arm64)
set(CMAKE_C_COMPILER clang-14)
set(CMAKE_C_COMPILER_TARGET arm64-apple-macos11.0)
set(CMAKE_INSTALL_NAME_TOOL llvm-install-name-tool-14)
set(CMAKE_AR llvm-ar-14)
set(CMAKE_RANLIB llvm-ranlib-14)
# The file does not say where it was built.
set(CMAKE_INSTALL_NAME_DIR @rpath)
set(CMAKE_BUILD_WITH_INSTALL_NAME_DIR ON)
# There are no start files to link a trial program with.
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(NR_MACOS_DIR ${CMAKE_CURRENT_LIST_DIR}/../macos)
add_compile_options(-nostdlibinc -isystem ${NR_MACOS_DIR}/include -fstack-protector-strong)
find_program(NR_LD64 NAMES ld64.lld-14)
# The version of the linker decides how clang tells it which macOS is meant.
set(CMAKE_SHARED_LINKER_FLAGS_INIT
  "--ld-path=${NR_LD64} -mlinker-version=609 -nostdlib ${NR_MACOS_DIR}/libSystem.tbd -Wl,-S")
