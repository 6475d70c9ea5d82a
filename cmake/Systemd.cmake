# The units of the service: those of examples/systemd, with the folder where the program is installed.
foreach(unit imgloom-serve.service imgloom-serve.socket)
  set(example ${CMAKE_CURRENT_SOURCE_DIR}/examples/systemd/${unit})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${example})
  file(READ ${example} text)
  string(REPLACE "/usr/bin/" "${CMAKE_INSTALL_FULL_BINDIR}/" text "${text}")
  file(CONFIGURE OUTPUT systemd/${unit} CONTENT "${text}" @ONLY)
  # systemd.unit(5) looks here, and in the same place below /usr/local.
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/systemd/${unit} DESTINATION lib/systemd/system)
endforeach()
