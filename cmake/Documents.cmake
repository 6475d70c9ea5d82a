# The manual page and the completions, made by imgloom-docs from the program's own tables, and where
# they and the documents are installed.
set(documents)
foreach(document manual:imgloom.1 markdown:switches.md kinds:kinds.md bash:imgloom.bash zsh:_imgloom fish:imgloom.fish)
  string(REPLACE ":" ";" document ${document})
  list(GET document 0 kind)
  list(GET document 1 name)
  set(file ${CMAKE_CURRENT_BINARY_DIR}/docs/${name})
  add_custom_command(OUTPUT ${file} VERBATIM
    COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/docs
    COMMAND imgloom-docs ${kind} ${file}
    DEPENDS imgloom-docs)
  list(APPEND documents ${file})
endforeach()
set(compressed ${CMAKE_CURRENT_BINARY_DIR}/docs/imgloom.1.gz)
add_custom_command(OUTPUT ${compressed} VERBATIM
  COMMAND gzip -9nc ${CMAKE_CURRENT_BINARY_DIR}/docs/imgloom.1 > ${compressed}
  DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/docs/imgloom.1)
add_custom_target(documents ALL DEPENDS ${documents} ${compressed})

# Not part of a build: puts the tables into docs/manual.md and docs/formats.md, which a test compares
# with them.
set(put ${CMAKE_COMMAND} -D TABLES=${CMAKE_CURRENT_BINARY_DIR}/docs -D PAGES=${PROJECT_SOURCE_DIR}/docs)
add_custom_target(manual VERBATIM
  COMMAND ${put} -D NAME=switches -D PAGE=manual -P ${CMAKE_CURRENT_LIST_DIR}/Manual.cmake
  COMMAND ${put} -D NAME=kinds -D PAGE=formats -P ${CMAKE_CURRENT_LIST_DIR}/Manual.cmake
  DEPENDS documents)

set(documents ${CMAKE_CURRENT_BINARY_DIR}/docs)
install(FILES ${documents}/imgloom.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${documents}/imgloom.bash RENAME imgloom
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${documents}/_imgloom DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${documents}/imgloom.fish
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES README.md CHANGELOG.md LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/imgloom)
install(DIRECTORY docs examples schema DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/imgloom)
install(FILES bench/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/imgloom/bench)
install(DIRECTORY bench/results DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/imgloom/bench)
install(DIRECTORY clients/node DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/imgloom/clients
  PATTERN "*.test.mjs" EXCLUDE PATTERN node_modules EXCLUDE)
