# A Debian package, made by `cpack` in a build folder: scripts/package.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME imgloom)
set(CPACK_PACKAGE_CONTACT "imgloom")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "process folders of images on all cores, with a report")
set(CPACK_PACKAGE_DESCRIPTION
"imgloom turns a folder of images into another folder of images, on all cores,
and says exactly what happened to every one of them. It resizes, rotates and
makes grey, and converts between formats; what libvips decodes is decoded by
worker processes that are locked in. With it come the library libimgloom and
its headers.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What shlibdeps cannot know: a version of libvips; AV1's encoder, once a part of libheif1.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libvips42t64 (>= 8.14) | libvips42 (>= 8.14)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libheif-plugin-aomenc | libheif1 (<< 1.17)")
include(CPack)
