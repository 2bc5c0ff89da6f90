# What the Windows builds add: exports by a .def file, a version resource, protections of the loader.
# SPDX-License-Identifier: Apache-2.0
enable_language(RC)
set(NR_WINDOWS_DIR ${CMAKE_CURRENT_LIST_DIR})
add_compile_definitions(UNICODE _UNICODE _WIN32_WINNT=0x0601)

function(nr_finish_windows target name type description)
  set(NR_FILE_NAME ${name})
  set(NR_FILE_TYPE ${type})
  set(NR_FILE_DESCRIPTION ${description})
  configure_file(${NR_WINDOWS_DIR}/version.rc.in ${CMAKE_BINARY_DIR}/${target}.rc @ONLY)
  target_sources(${target} PRIVATE ${CMAKE_BINARY_DIR}/${target}.rc)
  target_link_libraries(${target} PRIVATE advapi32)
  if(MINGW)
    # The names that the CLR asks for have no "@12" behind them on x86 either.
    target_link_options(${target} PRIVATE -static-libgcc -Wl,--kill-at -Wl,--enable-stdcall-fixup -Wl,--dynamicbase
      -Wl,--nxcompat -Wl,--no-insert-timestamp)
    if(CMAKE_SIZEOF_VOID_P EQUAL 8)
      target_link_options(${target} PRIVATE -Wl,--high-entropy-va)
    endif()
  endif()
endfunction()

nr_finish_windows(NewRelicProfiler NewRelic.Profiler.dll VFT_DLL "Profiler for .NET")
target_sources(NewRelicProfiler PRIVATE ${NR_WINDOWS_DIR}/profiler.def)
set_target_properties(NewRelicProfiler PROPERTIES PREFIX "" OUTPUT_NAME NewRelic.Profiler)
nr_finish_windows(nrprof nrprof.exe VFT_APP "Finds out which .NET methods take the time")
target_link_libraries(nrprof PRIVATE ntdll)
if(MINGW)
  target_link_options(nrprof PRIVATE -municode)
else()
  target_link_options(nrprof PRIVATE /ENTRY:wmainCRTStartup)
endif()
