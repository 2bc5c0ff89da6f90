# Finds jansson, or builds it: the JSON library of `nrprof decide` and `nrprof points`.
# SPDX-License-Identifier: Apache-2.0
#
# Makes the target nr_jansson, or none when there is no jansson: then those two commands say so. It is
# linked statically, so that whoever has nrprof needs nothing else.
set(NR_JANSSON_SOURCE "" CACHE PATH "Unpacked sources of jansson 2.11 or later, to be built along")

function(nr_build_jansson source)
  set(json_inline inline)
  set(json_have_long_long 1)
  set(json_have_localeconv 0)
  set(json_have_atomic_builtins 1)
  set(json_have_sync_builtins 1)
  configure_file(${source}/src/jansson_config.h.in ${CMAKE_BINARY_DIR}/jansson/jansson_config.h @ONLY)
  file(WRITE ${CMAKE_BINARY_DIR}/jansson/jansson_private_config.h "")
  file(GLOB sources ${source}/src/*.c)
  add_library(nr_jansson STATIC EXCLUDE_FROM_ALL ${sources})
  target_include_directories(nr_jansson SYSTEM PUBLIC ${source}/src ${CMAKE_BINARY_DIR}/jansson)
  target_compile_definitions(nr_jansson PRIVATE HAVE_STDINT_H)
  if(WIN32)
    target_compile_definitions(nr_jansson PRIVATE USE_WINDOWS_CRYPTOAPI)
  else()
    target_compile_definitions(nr_jansson PRIVATE USE_URANDOM HAVE_OPEN HAVE_CLOSE HAVE_READ HAVE_UNISTD_H
      HAVE_FCNTL_H HAVE_GETPID)
  endif()
  if(NOT MSVC)
    target_compile_options(nr_jansson PRIVATE -w)
  endif()
endfunction()

function(nr_find_jansson)
  find_path(NR_JANSSON_INCLUDE jansson.h)
  find_library(NR_JANSSON_LIBRARY NAMES libjansson.a jansson)
  if(NOT NR_JANSSON_INCLUDE OR NOT NR_JANSSON_LIBRARY)
    return()
  endif()
  file(STRINGS ${NR_JANSSON_INCLUDE}/jansson.h version REGEX "define JANSSON_VERSION +\"")
  string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" version "${version}")
  if(version VERSION_LESS 2.11)
    message(STATUS "jansson ${version} is older than 2.11 and left aside")
    return()
  endif()
  add_library(nr_jansson INTERFACE)
  target_include_directories(nr_jansson SYSTEM INTERFACE ${NR_JANSSON_INCLUDE})
  target_link_libraries(nr_jansson INTERFACE ${NR_JANSSON_LIBRARY})
endfunction()

# What this machine has installed is of no use to another.
if(NR_JANSSON_SOURCE)
  nr_build_jansson(${NR_JANSSON_SOURCE})
elseif(NOT CMAKE_CROSSCOMPILING)
  nr_find_jansson()
endif()
