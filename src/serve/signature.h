/* Signed targets: /s/KEY/SIG/REST, where SIG is the HMAC of REST as its bytes came. */
#ifndef SERVE_SIGNATURE_H
#define SERVE_SIGNATURE_H

#include <glib.h>
#include <imgloom/error.h>
#include <stdbool.h>

/* A key: its secret is of the HMAC. */
typedef struct serve_key {
    char *id;
    guchar *secret;
    gsize size;
} serve_key;

/*
 * Reads a key file: a line is "ID HEX"; empty lines and those that begin with # are none. ID has 1
 * to 64 of A-Z a-z 0-9 . _ -, HEX at least 32 digits (16 bytes). Returns a GPtrArray of serve_key
 * *, which owns them; NULL with *err (LOOM_ERR_USAGE): a line is wrong, there is none, or the file
 * cannot be read.
 */
GPtrArray *serve_keys_read(const char *path, loom_error *err);

/* "/s/KEY/SIG" and `rest`, which begins with a slash; freed with g_free. */
char *serve_sign(const serve_key *key, const char *rest);

typedef enum serve_signed {
    SERVE_UNSIGNED = 0, /* the target has another form */
    SERVE_SIGNED,
    SERVE_FORGED /* the key is unknown, or the signature is not that of the rest */
} serve_signed;

/*
 * Whether a target is signed. `*rest`, within `target`, is what follows the signature; of an
 * unsigned one, the target itself. Nothing is decoded, and the time it takes does not tell how much
 * is right.
 */
serve_signed serve_signature_check(const GPtrArray *keys, const char *target, const char **rest);

#endif
