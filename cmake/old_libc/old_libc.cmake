# Links one Linux file for glibc 2.17 and up and for musl.
# SPDX-License-Identifier: Apache-2.0
#
# The linker sees libraries made here instead of this machine's: empty functions with the names and
# versions of symbols.txt. What is not in that list is an error of the link.
set(NR_OLD_LIBC_DIR ${CMAKE_BINARY_DIR}/old_libc)
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/symbols.txt NR_LINES REGEX "^lib")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/symbols.txt)

function(nr_add_stub library target)
  set(code "")
  set(versions "")
  foreach(line ${NR_LINES})
    string(REGEX REPLACE " +" ";" symbols "${line}")
    list(POP_FRONT symbols name version)
    if(NOT name STREQUAL library)
      continue()
    endif()
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "aarch64")
      set(version GLIBC_2.17)
    elseif(version STREQUAL "arm64")
      continue()
    endif()
    list(APPEND versions ${version})
    foreach(symbol ${symbols})
      string(REGEX MATCH "^([^:]+):?(.*)$" ignored "${symbol}")
      if(CMAKE_MATCH_2)
        string(APPEND code "char ${CMAKE_MATCH_1}[${CMAKE_MATCH_2}];\n")
      else()
        string(APPEND code "void ${CMAKE_MATCH_1}(void) {}\n")
      endif()
      string(APPEND symbols_of_${version} " ${CMAKE_MATCH_1};")
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES versions)
  set(map "")
  foreach(version ${versions})
    string(APPEND map "${version} { global:${symbols_of_${version}} };\n")
  endforeach()
  file(CONFIGURE OUTPUT ${NR_OLD_LIBC_DIR}/${target}.c CONTENT "${code}" @ONLY)
  file(CONFIGURE OUTPUT ${NR_OLD_LIBC_DIR}/${target}.map CONTENT "${map}" @ONLY)
  add_library(${target} SHARED ${NR_OLD_LIBC_DIR}/${target}.c)
  set_target_properties(${target} PROPERTIES PREFIX "" SUFFIX "" OUTPUT_NAME ${library} NO_SONAME ON
    LIBRARY_OUTPUT_DIRECTORY ${NR_OLD_LIBC_DIR} INTERPROCEDURAL_OPTIMIZATION OFF
    C_VISIBILITY_PRESET default)
  target_compile_options(${target} PRIVATE -w -ffreestanding -fno-builtin -fno-stack-protector)
  target_link_options(${target} PRIVATE -nostdlib -Wl,-soname,${library}
    -Wl,--version-script=${NR_OLD_LIBC_DIR}/${target}.map)
endfunction()

nr_add_stub(libc.so.6 nr_libc)
nr_add_stub(libpthread.so.0 nr_libpthread)
nr_add_stub(libdl.so.2 nr_libdl)
set(CMAKE_SKIP_RPATH ON)

# -D_FORTIFY_SOURCE, a default of some distributions, needs functions that musl does not have.
add_compile_options(-U_FORTIFY_SOURCE -fstack-protector-strong -fstack-clash-protection)

set(NR_PROTECTIONS -Wl,-z,defs -Wl,-z,now -Wl,-z,relro -Wl,-z,noexecstack -Wl,-z,text
  -Wl,-z,separate-code -Wl,--build-id=sha1)

# Makes a library use the old C library and nothing else. No start files: it has no constructors.
function(nr_link_old_libc target)
  target_sources(${target} PRIVATE ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/nonshared.c)
  target_link_options(${target} PRIVATE -nostdlib -Wl,--as-needed ${NR_PROTECTIONS})
  target_link_libraries(${target} PRIVATE nr_libc nr_libpthread nr_libdl gcc)
endfunction()

# A program names its loader, which is another file with each C library: it brings its own, and needs neither.
function(nr_link_static target)
  target_link_options(${target} PRIVATE -static-pie ${NR_PROTECTIONS})
endfunction()
