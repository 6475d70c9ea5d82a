#include "serve/signature.h"

#include "options/missing.h"
#include <string.h>

enum { ID_MAX = 64, SECRET_MIN = 16, DIGEST = 32, SIGNATURE = 43 /* base64url of 32 bytes */ };

static void free_key(void *pointer)
{
    serve_key *key = pointer;

    g_free(key->id);
    g_free(key->secret);
    g_free(key);
}

/* ---- the key file -------------------------------------------------------- */

static bool is_id(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (!g_ascii_isalnum(text[i]) && strchr("._-", text[i]) == NULL)
            return false;
    return size > 0 && size <= ID_MAX;
}

/* NULL: the line is wrong. */
static serve_key *parse_key(const char *line)
{
    const size_t size = strcspn(line, " \t");
    const char *hex = line + size + strspn(line + size, " \t");
    const size_t digits = strlen(hex);

    if (!is_id(line, size) || digits % 2 != 0 || digits / 2 < SECRET_MIN)
        return NULL;
    for (size_t i = 0; i < digits; i++)
        if (!g_ascii_isxdigit(hex[i]))
            return NULL;
    serve_key *key = g_new0(serve_key, 1);
    key->id = g_strndup(line, size);
    key->size = digits / 2;
    key->secret = g_malloc(key->size);
    for (size_t i = 0; i < key->size; i++)
        key->secret[i] =
            (guchar)(g_ascii_xdigit_value(hex[2 * i]) * 16 + g_ascii_xdigit_value(hex[2 * i + 1]));
    return key;
}

static bool parse_keys(GPtrArray *keys, char **lines, loom_error *err)
{
    for (size_t i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);
        if (line[0] == '\0' || line[0] == '#')
            continue;
        serve_key *key = parse_key(line);
        if (key == NULL) {
            (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                 "--key-file: line %zu is not ID HEX, with at least %d digits",
                                 i + 1, 2 * SECRET_MIN);
            return false;
        }
        g_ptr_array_add(keys, key);
    }
    if (keys->len == 0)
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                             "--key-file: there is no key in the file");
    return keys->len > 0;
}

GPtrArray *serve_keys_read(const char *path, loom_error *err)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(free_key);
    loom_error cause = LOOM_ERROR_INIT;
    GString *text = options_read_file(path, &cause);

    if (text == NULL) {
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "--key-file: %s", cause.message);
        g_ptr_array_free(keys, TRUE);
        return NULL;
    }
    char **lines = g_strsplit(text->str, "\n", -1);
    const bool good = parse_keys(keys, lines, err);
    g_strfreev(lines);
    g_string_free(text, TRUE);
    if (good)
        return keys;
    g_ptr_array_free(keys, TRUE);
    return NULL;
}

/* ---- signatures ---------------------------------------------------------- */

/* Base64 with - and _, without its padding (RFC 4648 section 5). */
static void compute(const serve_key *key, const char *rest, char signature[SIGNATURE + 1])
{
    guint8 digest[DIGEST];
    gsize size = sizeof digest;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, key->secret, key->size);

    g_hmac_update(hmac, (const guchar *)rest, (gssize)strlen(rest));
    g_hmac_get_digest(hmac, digest, &size);
    g_hmac_unref(hmac);
    char *base64 = g_base64_encode(digest, size);
    g_strlcpy(signature, base64, SIGNATURE + 1); /* the padding is behind it */
    for (size_t i = 0; i < SIGNATURE; i++)
        signature[i] = signature[i] == '+' ? '-' : signature[i] == '/' ? '_' : signature[i];
    g_free(base64);
}

char *serve_sign(const serve_key *key, const char *rest)
{
    char signature[SIGNATURE + 1];

    compute(key, rest, signature);
    return g_strconcat("/s/", key->id, "/", signature, rest, NULL);
}

static const serve_key *find_key(const GPtrArray *keys, const char *id, size_t size)
{
    for (guint i = 0; keys != NULL && i < keys->len; i++) {
        const serve_key *key = g_ptr_array_index(keys, i);
        if (strlen(key->id) == size && memcmp(key->id, id, size) == 0)
            return key;
    }
    return NULL;
}

serve_signed serve_signature_check(const GPtrArray *keys, const char *target, const char **rest)
{
    char right[SIGNATURE + 1];
    unsigned char differs = 0;

    *rest = target;
    if (strncmp(target, "/s/", 3) != 0)
        return SERVE_UNSIGNED;
    const char *id = target + 3;
    const size_t id_size = strcspn(id, "/");
    const char *given = id + id_size + (id[id_size] == '/');
    const size_t size = strcspn(given, "/");
    const serve_key *key = find_key(keys, id, id_size);
    if (key == NULL || size != SIGNATURE || given[size] != '/')
        return SERVE_FORGED;
    *rest = given + size;
    compute(key, *rest, right);
    for (size_t i = 0; i < SIGNATURE; i++)
        differs |= (unsigned char)(given[i] ^ right[i]);
    return differs == 0 ? SERVE_SIGNED : SERVE_FORGED;
}
