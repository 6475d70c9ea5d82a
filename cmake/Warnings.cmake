# loom_warnings: compile options of our own code; loom_sanitizers: what must be linked, too.
add_library(loom_sanitizers INTERFACE)
if(IMGLOOM_SANITIZE)
  target_compile_options(loom_sanitizers INTERFACE
    -fsanitize=${IMGLOOM_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(loom_sanitizers INTERFACE -fsanitize=${IMGLOOM_SANITIZE})
  if(IMGLOOM_SANITIZE MATCHES address) # src/base/leaks.c, which only the runtime asks for
    target_link_options(loom_sanitizers INTERFACE -Wl,-u,__lsan_default_suppressions)
  endif()
endif()

add_library(loom_warnings INTERFACE)
target_compile_definitions(loom_warnings INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_compile_options(loom_warnings INTERFACE
  -Wall -Wextra -Wshadow -Wvla -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wpointer-arith -Wcast-qual -Wformat=2 -Wundef -Wwrite-strings)
if(IMGLOOM_WERROR)
  target_compile_options(loom_warnings INTERFACE -Werror)
endif()
target_link_libraries(loom_warnings INTERFACE loom_sanitizers)
