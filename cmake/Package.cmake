# A Debian package, made by `cpack` in a build folder (scripts/package), and a source tarball, by the
# target package_source.
set(IMGLOOM_PACKAGE_CONTACT "The imgloom authors <imgloom@packages.invalid>" CACHE STRING
  "Who maintains the package that is made: Name <address>")

set(doc_folder ${CMAKE_INSTALL_DATADIR}/doc/imgloom)
set(debian ${CMAKE_CURRENT_BINARY_DIR}/debian)
string(TIMESTAMP package_date "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH counts
foreach(file changelog copyright)
  configure_file(cmake/debian/${file}.in ${debian}/${file} @ONLY)
endforeach()
file(COPY_FILE cmake/debian/overrides ${debian}/overrides ONLY_IF_DIFFERENT)
foreach(file triggers postinst prerm postrm)
  configure_file(cmake/debian/${file} ${debian}/${file} COPYONLY)
endforeach()
add_custom_command(OUTPUT ${debian}/changelog.gz VERBATIM
  COMMAND gzip -9nc ${debian}/changelog > ${debian}/changelog.gz
  DEPENDS ${debian}/changelog)
add_custom_target(debian_changelog ALL DEPENDS ${debian}/changelog.gz)
install(FILES ${debian}/changelog.gz ${debian}/copyright DESTINATION ${doc_folder} COMPONENT debian
  EXCLUDE_FROM_ALL)
install(FILES ${debian}/overrides RENAME imgloom DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
  COMPONENT debian EXCLUDE_FROM_ALL)

# CPack strips programs and shared libraries alone.
install(CODE "if(CMAKE_INSTALL_DO_STRIP)
  execute_process(COMMAND ${CMAKE_STRIP} --strip-debug
    \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_LIBDIR}/libimgloom.a
    COMMAND_ERROR_IS_FATAL ANY)
endif()")

set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL Unspecified debian)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_PACKAGE_NAME imgloom)
set(CPACK_PACKAGE_CONTACT "${IMGLOOM_PACKAGE_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "process folders of images on all cores, with a report")
set(CPACK_PACKAGE_DESCRIPTION
"imgloom turns a folder of images into another folder of images, on all cores,
and says exactly what happened to every one of them. It resizes, rotates and
makes grey, and converts between formats; what libvips decodes is decoded by
worker processes that are locked in. With it come the library libimgloom and
its headers.")
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${debian}/triggers ${debian}/postinst ${debian}/prerm ${debian}/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# What shlibdeps cannot know: a version of libvips; AV1's encoder, once a part of libheif1.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libvips42t64 (>= 8.14) | libvips42 (>= 8.14)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libheif-plugin-aomenc | libheif1 (<< 1.17)")

set(CPACK_SOURCE_GENERATOR TGZ)
set(CPACK_SOURCE_PACKAGE_FILE_NAME imgloom-${PROJECT_VERSION})
set(CPACK_SOURCE_IGNORE_FILES "/build/;/[.]git(/|$);/node_modules/")
include(CPack)
