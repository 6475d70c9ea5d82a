/* The file of a state: how it is made, refused, opened, and kept for one run. */
#include "state/record.h"

#include "base/array.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/read_at.h"
#include "files/output.h"
#include "files/path.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a database: https://www.sqlite.org/fileformat2.html, 1.3 */
enum {
    HEADER_SIZE = 100,
    PAGE_SIZE_AT = 16, /* 1: 65536 */
    WRITE_VERSION_AT = 18,
    READ_VERSION_AT = 19,
    PAGES_AT = 28,
    USER_VERSION_AT = 60,
    APPLICATION_AT = 68,
    LOGGED = 2 /* a version: it has a write-ahead log */
};

enum { HOST_SIZE = 256, BOOT_SIZE = 64 };

#define ALIVE_NS (300 * LOOM_NS_PER_SECOND) /* a run on another host gives a sign so often */

static loom_status refuse(loom_error *err, loom_status code, const char *message)
{
    return loom_error_set(err, code, LOOM_STAGE_NONE, "%s", message);
}

/* ---- a new file ---------------------------------------------------------- */

static const char schema[] =
    "PRAGMA application_id = 1280266061;" /* LOOM_STATE_APPLICATION */
    "PRAGMA user_version = 1;"            /* LOOM_STATE_VERSION */
    "CREATE TABLE making(id INTEGER PRIMARY KEY, recipe TEXT NOT NULL, judge TEXT NOT NULL,"
    " tool TEXT NOT NULL, UNIQUE(recipe, judge, tool));"
    "CREATE TABLE output(path BLOB PRIMARY KEY, input BLOB NOT NULL, making INTEGER NOT NULL,"
    " status INTEGER NOT NULL, in_size INTEGER, in_mtime INTEGER, in_ctime INTEGER,"
    " in_inode INTEGER, in_hash BLOB, opened INTEGER, out_size INTEGER, out_mtime INTEGER,"
    " out_hash BLOB, original_format TEXT, original_width INTEGER, original_height INTEGER,"
    " orientation INTEGER, format TEXT, width INTEGER, height INTEGER, channels INTEGER,"
    " quality INTEGER, lane TEXT, decoder TEXT, cropped INTEGER, copied INTEGER,"
    " original_alpha INTEGER, original_bits INTEGER, original_frames INTEGER,"
    " original_dpi INTEGER, alpha INTEGER, bits INTEGER, frames INTEGER, dpi INTEGER,"
    " warnings TEXT, code INTEGER, stage INTEGER,"
    " error TEXT) WITHOUT ROWID;"
    "CREATE TABLE fresh(" LOOM_STATE_COLUMNS ");"
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID";

/* The bytes of an empty state, to be freed with sqlite3_free; NULL: out of memory. */
static unsigned char *make_bytes(sqlite3_int64 *size)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    unsigned char *bytes = NULL;
    sqlite3 *made = NULL;

    if (sqlite3_open_v2(":memory:", &made, flags, NULL) == SQLITE_OK &&
        sqlite3_exec(made, schema, NULL, NULL, NULL) == SQLITE_OK)
        bytes = sqlite3_serialize(made, "main", size, 0);
    if (bytes != NULL) /* so that opening it changes nothing */
        bytes[WRITE_VERSION_AT] = bytes[READ_VERSION_AT] = LOGGED;
    (void)sqlite3_close(made);
    return bytes;
}

/* Makes the folder of the state; so the errors of the file itself are not of the folder. */
static loom_status make_folder(const char *path, loom_error *err)
{
    const int folder = loom_path_make_folders(path, (size_t)(loom_path_base(path) - path));

    if (folder < 0)
        return loom_error_set_errno(err, LOOM_STAGE_NONE, errno, "its folder cannot be made");
    (void)close(folder);
    return LOOM_OK;
}

loom_status loom_state_make_file(const char *path, bool replace, loom_error *err)
{
    loom_error why = LOOM_ERROR_INIT;
    sqlite3_int64 size = 0;
    loom_stamp stamp;
    loom_status status = make_folder(path, err);

    if (status != LOOM_OK)
        return status;
    unsigned char *bytes = make_bytes(&size);
    if (bytes == NULL)
        return loom_no_memory(err, LOOM_STAGE_NONE, "for the state");
    const loom_output_content content = {.data = bytes, .size = (size_t)size};
    status = loom_output_store(NULL, path, &content, replace, &stamp, &why);
    sqlite3_free(bytes);
    if (status == LOOM_OK || status == LOOM_ERR_EXISTS)
        return LOOM_OK;
    (void)loom_output_rename_error(status, "the state", &why);
    return loom_error_set(err, status, LOOM_STAGE_NONE, "%s", why.message);
}

/* ---- what stands there --------------------------------------------------- */

/* Whether the file has all pages of its header. What its log holds may not be in the file yet. */
static bool is_whole(const unsigned char *header, uint64_t size, const char *path)
{
    const unsigned page = (unsigned)loom_be16(header + PAGE_SIZE_AT);
    loom_strbuf log = LOOM_STRBUF_INIT;
    struct stat info;

    loom_strbuf_add_format(&log, "%s-wal", path);
    const bool logged = !log.failed && stat(log.data, &info) == 0 && info.st_size > 0;
    loom_strbuf_release(&log);
    return logged || size >= (uint64_t)loom_be32(header + PAGES_AT) * (page == 1 ? 65536 : page);
}

/* SQLite must not see a foreign file: a look would fold its log into it, and remove the log. */
static loom_status check_header(const unsigned char *header, size_t got, uint64_t size,
                                const char *path, loom_error *err)
{
    static const char magic[16] = "SQLite format 3";

    if (got < HEADER_SIZE || memcmp(header, magic, sizeof magic) != 0 ||
        loom_be32(header + APPLICATION_AT) != LOOM_STATE_APPLICATION ||
        loom_be32(header + USER_VERSION_AT) == 0)
        return refuse(err, LOOM_ERR_USAGE, "it is no state of imgloom");
    if (loom_be32(header + USER_VERSION_AT) > LOOM_STATE_VERSION)
        return refuse(err, LOOM_ERR_USAGE, "it was made by a newer imgloom");
    if (!is_whole(header, size, path))
        return refuse(err, LOOM_ERR_CORRUPT, "it is damaged (cut short); " LOOM_STATE_MOVE_AWAY);
    return LOOM_OK;
}

loom_status loom_state_look_at_file(const char *path, bool *exists, bool *empty, loom_error *err)
{
    unsigned char header[HEADER_SIZE];
    struct stat info;
    size_t got = 0;

    *exists = *empty = false;
    if (lstat(path, &info) != 0) {
        if (errno == ENOENT)
            return LOOM_OK;
        return errno == ENOTDIR
                   ? refuse(err, LOOM_ERR_NOT_A_FILE, "a part of its path is not a folder")
                   : loom_error_set_errno(err, LOOM_STAGE_NONE, errno, "it cannot be looked at");
    }
    if (!S_ISREG(info.st_mode))
        return refuse(err, LOOM_ERR_USAGE, "it is no state of imgloom, and no regular file");
    const int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
    if (file < 0 || !loom_read_at(file, header, sizeof header, 0, &got)) {
        const int failed = errno;
        if (file >= 0)
            (void)close(file);
        return loom_error_set_errno(err, LOOM_STAGE_NONE, failed, "it cannot be read");
    }
    (void)close(file);
    *empty = got == 0;
    *exists = got > 0;
    return *exists ? check_header(header, got, (uint64_t)info.st_size, path, err) : LOOM_OK;
}

/* ---- one run at a time --------------------------------------------------- */

/* Which start of the system this is; "": unknown. */
static void read_boot(char *boot)
{
    const int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    size_t got = 0;

    if (file >= 0) {
        (void)loom_read_at(file, boot, BOOT_SIZE - 1, 0, &got);
        (void)close(file);
    }
    boot[got] = '\0';
    boot[strcspn(boot, "\n")] = '\0';
}

/* Reads host (HOST_SIZE bytes) and beat of the run that had the state last. False: none. */
static bool read_last(loom_state *state, char *host, int64_t *beat_ns)
{
    static const char sql[] = "SELECT (SELECT value FROM meta WHERE key = 'host'),"
                              " (SELECT value FROM meta WHERE key = 'beat')";
    sqlite3_stmt *row = NULL;
    bool found = false;

    if (sqlite3_prepare_v2(state->db, sql, -1, &row, NULL) == SQLITE_OK &&
        sqlite3_step(row) == SQLITE_ROW) {
        const char *value = (const char *)sqlite3_column_text(row, 0);
        found = value != NULL && sqlite3_column_type(row, 1) == SQLITE_INTEGER;
        (void)snprintf(host, HOST_SIZE, "%s", value != NULL ? value : "");
        *beat_ns = sqlite3_column_int64(row, 1);
    }
    (void)sqlite3_finalize(row);
    return found;
}

/* The lock tells of runs on this host. Whether it reaches another is known to nobody. */
static loom_status check_host(loom_state *state, const char *host, loom_error *err)
{
    char other[HOST_SIZE];
    int64_t beat_ns = 0, since;

    if (!read_last(state, other, &beat_ns) || strcmp(other, host) == 0 ||
        __builtin_sub_overflow(loom_clock_wall(), beat_ns, &since) || since >= ALIVE_NS ||
        since <= -ALIVE_NS)
        return LOOM_OK;
    (void)loom_error_set(&state->failure, LOOM_ERR_BUSY, LOOM_STAGE_NONE,
                         "a run on the host %s uses it, or did %" PRId64
                         " s ago; if that one is dead, try again in %" PRId64 " s",
                         other, since > 0 ? since / LOOM_NS_PER_SECOND : 0,
                         (ALIVE_NS - since) / LOOM_NS_PER_SECOND + 1);
    return loom_error_copy(err, &state->failure);
}

/* Writes who has the state, which also takes its lock. A dry run has the lock by reading. */
static loom_status take(loom_state *state, loom_error *err)
{
    char host[HOST_SIZE] = "", boot[BOOT_SIZE];

    (void)gethostname(host, sizeof host - 1);
    read_boot(boot);
    loom_status status = check_host(state, host, err);
    if (status != LOOM_OK || state->dry_run)
        return status;
    char *sql = sqlite3_mprintf("INSERT OR REPLACE INTO meta VALUES('host', %Q), ('boot', %Q),"
                                " ('pid', %d), ('since', %lld)",
                                host, boot, (int)getpid(), (long long)state->opened_ns);
    if (sql == NULL)
        return loom_state_no_memory(state, err);
    if ((status = loom_state_begin(state, err)) == LOOM_OK)
        status = loom_state_execute(state, sql, err);
    if (status == LOOM_OK)
        status = loom_state_commit(state, err);
    sqlite3_free(sql);
    return status;
}

/* ---- opening and closing ------------------------------------------------- */

static const char *const sql_of[STATEMENT_COUNT] = {
    [STATEMENT_NEXT] = "SELECT " LOOM_STATE_HEAD " FROM output WHERE path >= ?1 ORDER BY path",
    [STATEMENT_FIND] = "SELECT " LOOM_STATE_COLUMNS " FROM output WHERE path = ?1",
    [STATEMENT_ADD] = "INSERT INTO fresh VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
                      " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [STATEMENT_REFRESH] =
        "INSERT INTO fresh SELECT path, input, making, status, ?2, ?3, ?4, ?5,"
        " in_hash, ?6, out_size, out_mtime, " LOOM_STATE_FACTS " FROM output WHERE path = ?1",
    [STATEMENT_FORGET] = "DELETE FROM output WHERE path = ?1",
    [STATEMENT_BEAT] = "INSERT OR REPLACE INTO meta VALUES('beat', ?1)",
};

/*
 * EXCLUSIVE before the first access: then the log needs no shared memory, which file systems of
 * networks do not have, and the lock stays until the end. What a forged file could hold beside the
 * tables is not run.
 */
static int open_database(loom_state *state)
{
    int code =
        sqlite3_open_v2(state->path, &state->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    if (code != SQLITE_OK)
        return code;
    (void)sqlite3_extended_result_codes(state->db, 1);
    (void)sqlite3_db_config(state->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(state->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(state->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    code = sqlite3_exec(state->db,
                        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF;"
                        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                        "PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -16384",
                        NULL, NULL, NULL);
    for (size_t i = 0; code == SQLITE_OK && i < STATEMENT_COUNT; i++)
        code = sqlite3_prepare_v3(state->db, sql_of[i], -1, SQLITE_PREPARE_PERSISTENT,
                                  &state->statements[i], NULL);
    return code;
}

static bool has_fresh(loom_state *state)
{
    sqlite3_stmt *row = NULL;
    const int code = sqlite3_prepare_v2(state->db, "SELECT 1 FROM fresh LIMIT 1", -1, &row, NULL);
    const bool has = code == SQLITE_OK && sqlite3_step(row) == SQLITE_ROW;

    (void)sqlite3_finalize(row);
    return has;
}

static bool is_denied(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0 && (errno == EACCES || errno == EROFS);
}

/* The file, and its log beside it, must be written to: SQLite takes it for damage if it cannot. */
static loom_status explain(loom_state *state, int code, loom_error *err)
{
    const char *what = NULL;

    if (is_denied(state->path, R_OK | W_OK))
        what = "it cannot be written to";
    else if (is_denied(state->folder, W_OK | X_OK))
        what = "its folder cannot be written to";
    if (what == NULL)
        return loom_state_fail(state, code, err);
    (void)loom_error_set_errno(&state->failure, LOOM_STAGE_NONE, errno, "%s", what);
    return loom_error_copy(err, &state->failure);
}

loom_status loom_state_enter(loom_state *state, loom_error *err)
{
    const int code = open_database(state);

    if (code != SQLITE_OK)
        return explain(state, code, err);
    loom_status status = take(state, err);
    if (status == LOOM_OK && has_fresh(state)) /* of a run that was killed */
        status = loom_state_fold(state, err);
    return status;
}

void loom_state_leave(loom_state *state)
{
    for (size_t i = 0; i < STATEMENT_COUNT; i++) {
        (void)sqlite3_finalize(state->statements[i]);
        state->statements[i] = NULL;
    }
    if (state->db == NULL)
        return;
    loom_state_roll_back(state);
    if (state->failure.code != LOOM_OK) /* closing would write the log into what may be damaged */
        (void)sqlite3_db_config(state->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    else if (!state->dry_run)
        (void)sqlite3_exec(state->db, "DELETE FROM meta", NULL, NULL, NULL);
    (void)sqlite3_close(state->db);
    state->db = NULL;
}
