# Single tests that are known to fail with some versions of a library, because they show a fault
# that waits for its own change. Each must fail: once it passes, or is gone, its suite fails.

# loom_known_failures(SUITE NAME:NUMBER...): NUMBER is a loop's, else 0.
function(loom_known_failures suite)
  list(JOIN ARGN " " tests)
  set_property(TEST ${suite} APPEND PROPERTY ENVIRONMENT "IMGLOOM_KNOWN_FAILURES=${tests}")
endfunction()

# Debian 13's libvips reads PNG by libspng. From --fail-on error on it has that take what fails its
# checksum for good, and below it does not tell all damage that it passes over.
if(VIPS_VERSION VERSION_GREATER_EQUAL 8.15)
  loom_known_failures(engine_damage damage_is_judged_by_the_level_and_not_by_the_size:13
    damage_is_judged_whatever_is_cropped:13)
  loom_known_failures(engine_mutations damage_that_is_let_through_is_told:2
    damage_that_is_let_through_is_told:3)
  loom_known_failures(png damage_that_shows_late_is_judged_as_ever:0)
endif()
