# Makes a page's template into C arrays. Included, it offers the function loom_embed_page; run by
# `cmake -P` it is what that function's command does.
#
# The page holds {{style}}, {{script}}, {{style-hash}}, {{script-hash}} (for its Content-Security-
# Policy, as CSP Level 3 section 2.3.1 wants them) and {{data}}, where it is cut in two.

# loom_embed_page(NAME OUT_VARIABLE PAGE page.html STYLES a.css ... SCRIPTS a.js ...)
# Adds to OUT_VARIABLE the C file that defines `const char loom_html_NAME_head[], loom_html_NAME_tail[]`
# and `const size_t` of the same names with _size behind them. Styles and scripts are joined in the order given; the scripts are one ES module.
function(loom_embed_page name out)
  cmake_parse_arguments(arg "" "PAGE" "STYLES;SCRIPTS" ${ARGN})
  set(file ${CMAKE_CURRENT_BINARY_DIR}/html_${name}.c)
  list(TRANSFORM arg_STYLES PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  list(TRANSFORM arg_SCRIPTS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  set(page ${CMAKE_CURRENT_SOURCE_DIR}/${arg_PAGE})
  set(script ${CMAKE_CURRENT_FUNCTION_LIST_FILE})
  add_custom_command(OUTPUT ${file}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DPAGE=${page} "-DSTYLES=${arg_STYLES}"
      "-DSCRIPTS=${arg_SCRIPTS}" -DOUTPUT=${file} -P ${script}
    DEPENDS ${page} ${arg_STYLES} ${arg_SCRIPTS} ${script}
    COMMENT "Embedding the page ${name}" VERBATIM)
  set(${out} ${${out}} ${file} PARENT_SCOPE)
endfunction()

if(NOT CMAKE_SCRIPT_MODE_FILE)
  return()
endif()

set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

# The SHA-256 of a text in base64: 32 bytes are ten groups of three and one of two.
function(hash_base64 text out)
  string(SHA256 hex "${text}")
  set(result "")
  foreach(at RANGE 0 60 6)
    string(SUBSTRING "${hex}00" ${at} 6 group)
    foreach(shift 18 12 6 0)
      math(EXPR index "(0x${group} >> ${shift}) & 63")
      string(SUBSTRING ${alphabet} ${index} 1 letter)
      string(APPEND result ${letter})
    endforeach()
  endforeach()
  string(SUBSTRING ${result} 0 43 result)
  set(${out} "${result}=" PARENT_SCOPE)
endfunction()

function(join out)
  set(text "")
  foreach(file IN LISTS ARGN)
    file(READ ${file} part)
    string(APPEND text "\n${part}")
  endforeach()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

function(write_array name text)
  string(HEX "${text}" hex)
  string(REGEX REPLACE "(................................)" "\\1\n" hex "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," hex "${hex}")
  file(APPEND ${OUTPUT} "const char ${name}[] = {\n${hex}\n};\n"
    "const size_t ${name}_size = sizeof ${name};\n")
endfunction()

file(READ ${PAGE} page)
join(style ${STYLES})
join(script ${SCRIPTS})
foreach(part style script)
  hash_base64("${${part}}" hash)
  string(REPLACE "{{${part}-hash}}" "sha256-${hash}" page "${page}")
  string(REPLACE "{{${part}}}" "${${part}}" page "${page}")
endforeach()
string(FIND "${page}" "{{data}}" at)
if(at LESS 0)
  message(FATAL_ERROR "${PAGE} has no {{data}}")
endif()
string(SUBSTRING "${page}" 0 ${at} head)
math(EXPR at "${at} + 8")
string(SUBSTRING "${page}" ${at} -1 tail)
set(name loom_html_${NAME})
file(WRITE ${OUTPUT} "#include <stddef.h>\n\nextern const char ${name}_head[], ${name}_tail[];\n"
  "extern const size_t ${name}_head_size, ${name}_tail_size;\n")
write_array(loom_html_${NAME}_head "${head}")
write_array(loom_html_${NAME}_tail "${tail}")
