/* Symbol visibility and function attributes of the public API. */
#ifndef IMGLOOM_EXPORT_H
#define IMGLOOM_EXPORT_H

#if defined(__GNUC__)
#define LOOM_API             __attribute__((visibility("default")))
#define LOOM_NODISCARD       __attribute__((warn_unused_result))
#define LOOM_PRINTF(fmt, va) __attribute__((format(printf, fmt, va)))
#else
#define LOOM_API
#define LOOM_NODISCARD
#define LOOM_PRINTF(fmt, va)
#endif

#ifdef __cplusplus
#define LOOM_BEGIN_DECLS extern "C" {
#define LOOM_END_DECLS   }
#else
#define LOOM_BEGIN_DECLS
#define LOOM_END_DECLS
#endif

#endif
