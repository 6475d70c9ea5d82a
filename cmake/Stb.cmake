# loom_stb_source(TARGET SOURCE [OPTION...]): lets the target's SOURCE, which is compiled with those
# options, define what stb_image.h declares.
function(loom_stb_source target source)
  target_include_directories(${target} SYSTEM PRIVATE ${STB_INCLUDE_DIRS})
  # Which functions are declared, defined and used differs with STBI_ONLY_… and with the version.
  set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "-Wno-unused-function;${ARGN}")
endfunction()

# loom_use_stb(TARGET DECODER): lets the target, which compiles DECODER, include stb_image.h, and
# tells that source its version as STB_IMAGE_VERSION.
function(loom_use_stb target decoder)
  # It shows what was on its stack where a BMP's pixel is beyond the palette: black instead.
  set(options)
  set(zero_stack -ftrivial-auto-var-init=zero)
  if(CMAKE_C_COMPILER_ID STREQUAL "Clang" AND CMAKE_C_COMPILER_VERSION VERSION_LESS 16)
    set(options ${zero_stack}
      -enable-trivial-auto-var-init-zero-knowing-it-will-be-removed-from-clang)
  else()
    check_c_compiler_flag(${zero_stack} IMGLOOM_ZERO_STACK)
    if(IMGLOOM_ZERO_STACK)
      set(options ${zero_stack})
    endif()
  endif()
  loom_stb_source(${target} ${decoder} ${options})
  # It tells its version in its first comment alone.
  find_file(STB_IMAGE_H stb_image.h HINTS ${STB_INCLUDE_DIRS} PATH_SUFFIXES stb REQUIRED)
  file(STRINGS ${STB_IMAGE_H} version LIMIT_COUNT 1 REGEX "stb_image - v[0-9.]+")
  string(REGEX REPLACE ".*stb_image - v([0-9.]+).*" "\\1" version "${version}")
  set_source_files_properties(${decoder} PROPERTIES
    COMPILE_DEFINITIONS "STB_IMAGE_VERSION=\"${version}\"")
endfunction()
