#include "engine/vips/messages.h"

#include "base/text.h"
#include <glib.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <vips/vips.h>

/* ---- error text ---------------------------------------------------------- */

void loom_vips_error_clear(void)
{
    vips_error_clear();
}

/* What the program shows of a message ends here, unless people want to know more. */
static const char says[] = "libvips says: ";

/* Adds libvips' lines, each once, with "; " between. */
static void join_lines(loom_strbuf *out, const char *lines)
{
    const size_t start = out->size;

    while (*lines != '\0') {
        const size_t length = strcspn(lines, "\n");
        const char *known = loom_strbuf_str(out);
        if (length > 0 && memmem(known, strlen(known), lines, length) == NULL) {
            loom_strbuf_add_str(out, out->size > start ? "; " : "");
            loom_utf8_append_valid(out, lines, length);
        }
        lines += length + (lines[length] == '\n');
    }
}

/* `before` comes first, unless there is no text. */
static void take(const char *before, char text[LOOM_VIPS_ERROR_TEXT])
{
    loom_strbuf joined = LOOM_STRBUF_INIT;
    char *lines =
        loom_worker_hooks_get() != NULL ? vips_error_buffer_copy() : NULL; /* empties it, too */

    text[0] = '\0';
    if (lines != NULL && *lines != '\0') {
        loom_strbuf_add_str(&joined, before);
        join_lines(&joined, lines);
    }
    vips_error_clear();
    const char *all = loom_strbuf_str(&joined);
    const size_t kept = loom_utf8_cut(all, strlen(all), LOOM_VIPS_ERROR_TEXT - 1);
    memcpy(text, all, kept);
    text[kept] = '\0';
    loom_strbuf_release(&joined);
    g_free(lines);
}

void loom_vips_error_take(char text[LOOM_VIPS_ERROR_TEXT])
{
    take(says, text);
}

loom_status loom_vips_error_set(loom_error *err, loom_status code, loom_stage stage,
                                const char *format, ...)
{
    char text[LOOM_VIPS_ERROR_TEXT], sentence[sizeof err->message];
    va_list args;

    loom_vips_error_take(text);
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    return loom_error_set(err, loom_error_text_code(text, code), stage, "%s%s%s", sentence,
                          text[0] != '\0' ? ": " : "", text);
}

/* ---- warnings ------------------------------------------------------------ */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Guarded by `lock`. */
static loom_vips_log *active; /* one for each image in libvips now */
static uint64_t last_ticket;

static _Thread_local uint64_t thread_ticket; /* 0: none */

static loom_vips_log *find(uint64_t ticket)
{
    loom_vips_log *log = active;

    while (log != NULL && log->ticket != ticket)
        log = log->next;
    return log;
}

/* libtiff adds nothing to the pending warning. */
static void give_pending(loom_vips_log *log)
{
    if (log->pending[0] != '\0')
        loom_outcome_warn(log->outcome, "%s", log->pending);
    log->pending[0] = '\0';
}

/*
 * libjpeg's warnings come as "read gave N warnings", followed by a message with text from the error
 * buffer, which all threads share and which may concern another image.
 */
static void record(loom_vips_log *log, const char *message)
{
    static const char read_gave[] = "read gave ";
    /* Logged for nearly every AVIF: libheif has applied matrix and range, and we apply the rest. */
    static const char nclx[] = "heifload: ignoring nclx profile";
    /* The next error says why the tile failed. */
    static const char in_tile[] = "error in tile ";
    /* Of EXIF or JFIF: no code uses it, and no other lane reads it. */
    static const char unit[] = " resolution unit";
    /* A TIFF tag that libtiff does not know, such as GeoTIFF's: it does not concern pixels. */
    static const char unknown[] = "Unknown field with tag ";
    /* A PNG's colour description, which we read ourselves (format/png.c). */
    static const char gamma[] = "gAMA: ", chromaticities[] = "cHRM: ";
    const bool of_colours = (strncmp(message, gamma, sizeof gamma - 1) == 0 ||
                             strncmp(message, chromaticities, sizeof chromaticities - 1) == 0) &&
                            strstr(message, "CRC") == NULL;

    give_pending(log);
    if (log->text_next) {
        log->text_next = false;
        take("", log->words); /* the message is what the buffer holds */
    } else if (strncmp(message, read_gave, sizeof read_gave - 1) == 0) {
        log->damage++;
        log->text_next = true;
    } else if (strcmp(message, "corrupt profile") == 0 ||
               strcmp(message, "profile incompatible with image") == 0) {
        loom_outcome_warn(log->outcome, LOOM_VIPS_BROKEN_PROFILE);
    } else if (!of_colours && strcmp(message, nclx) != 0 &&
               strncmp(message, in_tile, sizeof in_tile - 1) != 0 &&
               strncmp(message, unknown, sizeof unknown - 1) != 0 &&
               strstr(message, unit) == NULL) {
        (void)snprintf(log->pending, sizeof log->pending, "%s", message);
    }
}

static void on_message(const gchar *domain, GLogLevelFlags level, const gchar *message,
                       gpointer data)
{
    (void)domain, (void)level, (void)data;
    (void)pthread_mutex_lock(&lock);
    loom_vips_log *log = thread_ticket != 0 ? find(thread_ticket) : NULL;
    if (log != NULL && message != NULL)
        record(log, message);
    (void)pthread_mutex_unlock(&lock);
}

void loom_vips_log_complaint(bool of_pixels, bool error, const char *text)
{
    (void)pthread_mutex_lock(&lock);
    loom_vips_log *log = thread_ticket != 0 ? find(thread_ticket) : NULL;
    if (log != NULL && of_pixels) {
        if (!error && strcmp(log->pending, text) == 0)
            log->pending[0] = '\0';
        if (log->damage++ == 0) {
            const size_t kept = loom_utf8_cut(text, strlen(text), sizeof log->words - 1);
            memcpy(log->words, text, kept);
            log->words[kept] = '\0';
        }
    }
    (void)pthread_mutex_unlock(&lock);
}

void loom_vips_log_install(void)
{
    (void)g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL, on_message, NULL);
}

void loom_vips_log_begin(loom_vips_log *log, loom_outcome *outcome)
{
    (void)pthread_mutex_lock(&lock);
    *log = (loom_vips_log){.next = active, .ticket = ++last_ticket, .outcome = outcome};
    active = log;
    (void)pthread_mutex_unlock(&lock);
    thread_ticket = log->ticket;
}

uint64_t loom_vips_log_adopt(uint64_t ticket)
{
    const uint64_t before = thread_ticket;

    thread_ticket = ticket;
    return before;
}

unsigned loom_vips_log_damage(loom_vips_log *log)
{
    (void)pthread_mutex_lock(&lock);
    give_pending(log);
    unsigned damage = log->damage;
    (void)pthread_mutex_unlock(&lock);
    return damage;
}

void loom_vips_log_end(loom_vips_log *log)
{
    thread_ticket = 0;
    (void)pthread_mutex_lock(&lock);
    give_pending(log);
    for (loom_vips_log **link = &active; *link != NULL; link = &(*link)->next)
        if (*link == log) {
            *link = log->next;
            break;
        }
    (void)pthread_mutex_unlock(&lock);
}
