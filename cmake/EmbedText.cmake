# loom_embed_text(NAME OUT_VARIABLE FILE): adds to OUT_VARIABLE a C file that defines `const char
# NAME[]`, the bytes of FILE, and `const size_t NAME_size`. Run by `cmake -P` this is what makes it.
function(loom_embed_text name out text)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
  set(text ${CMAKE_CURRENT_SOURCE_DIR}/${text})
  add_custom_command(OUTPUT ${file}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DTEXT=${text} -DOUTPUT=${file} -P ${script}
    DEPENDS ${text} ${script}
    COMMENT "Embedding ${name}" VERBATIM)
  set(${out} ${${out}} ${file} PARENT_SCOPE)
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE)
  return()
endif()
file(READ ${TEXT} hex HEX)
string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," hex "${hex}")
file(WRITE ${OUTPUT} "#include <stddef.h>\n\nextern const char ${NAME}[];\n"
  "extern const size_t ${NAME}_size;\nconst char ${NAME}[] = {\n${hex}\n};\n"
  "const size_t ${NAME}_size = sizeof ${NAME};\n")
