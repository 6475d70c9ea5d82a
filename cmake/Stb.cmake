# loom_stb_source(TARGET SOURCE [OPTION...]): lets the target's SOURCE, which is compiled with those
# options, define what stb_image.h declares.
function(loom_stb_source target source)
  target_include_directories(${target} SYSTEM PRIVATE ${STB_INCLUDE_DIRS})
  # Which functions are declared, defined and used differs with STBI_ONLY_… and with the version.
  set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "-Wno-unused-function;${ARGN}")
endfunction()
