/*
 * What LeakSanitizer takes for lost, in builds with it: fontconfig's patterns hold their parts by
 * offsets, not pointers, so that it does not see what pango keeps for the next text. Functions, not
 * a file: the service can open none at its end.
 */

/* The runtime asks for them by these names. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
__attribute__((visibility("default"))) const char *__lsan_default_options(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so\n";
}

const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
