/*
 * Reads libvips' version from its file: loading libvips takes 25 ms, with 100 other libraries. Each
 * step accepts only what it knows; for anything else the answer is NULL, and libvips itself must be
 * asked.
 */
#include "base/array.h"
#include "base/bytes.h"
#include "engine/codec/jpeg_guard.h"
#include "engine/locate.h"
#include "engine/plugin.h"
#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <imgloom/engine.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 64, VERSION_MAX_BYTES = 32 };

static bool map_file(const char *path, loom_bytes *file)
{
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    void *data = MAP_FAILED;

    if (descriptor < 0)
        return false;
    if (fstat(descriptor, &info) == 0 && info.st_size > 0)
        data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    (void)close(descriptor);
    if (data == MAP_FAILED)
        return false;
    *file = (loom_bytes){data, (size_t)info.st_size};
    return true;
}

static void unmap(loom_bytes file)
{
    (void)munmap((void *)(uintptr_t)file.data, file.size);
}

static bool copy(loom_bytes file, uint64_t at, void *to, size_t size)
{
    if (at > file.size || size > file.size - at)
        return false;
    memcpy(to, file.data + at, size);
    return true;
}

/* The text at `at`, with its NUL; NULL: it does not end within the file. */
static const char *text_at(loom_bytes file, uint64_t at)
{
    return at < file.size && memchr(file.data + at, '\0', file.size - at) != NULL
               ? (const char *)file.data + at
               : NULL;
}

/* ---- libraries and modules: ELF, "System V ABI", chapters 4 and 5 -------- */

static bool get_section(loom_bytes file, unsigned i, Elf64_Shdr *section)
{
    Elf64_Ehdr head;

    return copy(file, 0, &head, sizeof head) && memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 &&
           head.e_ident[EI_CLASS] == ELFCLASS64 && head.e_ident[EI_DATA] == ELFDATA2LSB &&
           head.e_machine == EM_X86_64 && head.e_shentsize == sizeof *section && i < head.e_shnum &&
           copy(file, head.e_shoff + (uint64_t)i * sizeof *section, section, sizeof *section);
}

/* The first section of that type, and its string table. */
static bool find_section(loom_bytes file, uint32_t type, Elf64_Shdr *section, Elf64_Shdr *texts)
{
    for (unsigned i = 0; get_section(file, i, section); i++)
        if (section->sh_type == type)
            return get_section(file, section->sh_link, texts);
    return false;
}

/*
 * The name of the libvips that a module is linked with. False if the module changes the search
 * path.
 */
static bool find_needed(loom_bytes file, char name[NAME_MAX_BYTES])
{
    static const char prefix[] = "libvips.so.";
    Elf64_Shdr dynamic, texts;
    Elf64_Dyn entry;
    bool found = false;

    if (!find_section(file, SHT_DYNAMIC, &dynamic, &texts))
        return false;
    for (uint64_t at = 0;
         at < dynamic.sh_size && copy(file, dynamic.sh_offset + at, &entry, sizeof entry) &&
         entry.d_tag != DT_NULL;
         at += sizeof entry) {
        if (entry.d_tag == DT_RPATH || entry.d_tag == DT_RUNPATH)
            return false;
        if (entry.d_tag != DT_NEEDED)
            continue;
        const char *text = text_at(file, texts.sh_offset + entry.d_un.d_val);
        if (text == NULL || strncmp(text, prefix, sizeof prefix - 1) != 0)
            continue;
        if (strlen(text) >= NAME_MAX_BYTES)
            return false;
        memcpy(name, text, strlen(text) + 1);
        found = true;
    }
    return found;
}

/* The offset in the file of what is loaded at an address; 0: none. */
static uint64_t offset_of(loom_bytes file, uint64_t address)
{
    Elf64_Shdr section;

    for (unsigned i = 0; get_section(file, i, &section); i++)
        if (section.sh_type == SHT_PROGBITS && (section.sh_flags & SHF_ALLOC) != 0 &&
            address >= section.sh_addr && address - section.sh_addr < section.sh_size)
            return section.sh_offset + (address - section.sh_addr);
    return 0;
}

static uint64_t find_function(loom_bytes file, const char *name)
{
    Elf64_Shdr symbols, texts;
    Elf64_Sym symbol;

    if (!find_section(file, SHT_DYNSYM, &symbols, &texts))
        return 0;
    for (uint64_t at = 0;
         at < symbols.sh_size && copy(file, symbols.sh_offset + at, &symbol, sizeof symbol);
         at += sizeof symbol) {
        const char *text = text_at(file, texts.sh_offset + symbol.st_name);
        if (text != NULL && strcmp(text, name) == 0 && ELF64_ST_TYPE(symbol.st_info) == STT_FUNC)
            return symbol.st_value;
    }
    return 0;
}

/*
 * The text returned by a function that does nothing else: `lea rax, [rip + distance]; ret`, after
 * endbr64 if the library was built with it.
 */
static const char *returned_text(loom_bytes file, uint64_t function)
{
    const uint64_t begin = offset_of(file, function);
    uint64_t at = begin;

    if (LOOM_BYTES_HAVE(file, at, "\xF3\x0F\x1E\xFA"))
        at += 4;
    if (begin == 0 || !LOOM_BYTES_HAVE(file, at, "\x48\x8D\x05") ||
        !LOOM_BYTES_HAVE(file, at + 7, "\xC3"))
        return NULL;
    const int32_t distance = (int32_t)loom_le32(file.data + at + 3);
    const uint64_t offset = offset_of(file, function + (at - begin) + 7 + (uint64_t)distance);
    return offset != 0 ? text_at(file, offset) : NULL;
}

/* ---- where the system finds a library: ld.so.cache, as glibc 2.32 writes it */

enum { CACHE_HEAD = 48, CACHE_ENTRY = 24, CACHE_X86_64 = 0x0303 };

/* The only file of that name; NULL: there is none, or more than one. */
static const char *find_cached(loom_bytes cache, const char *name)
{
    const char *found = NULL;

    if (cache.size < CACHE_HEAD || !LOOM_BYTES_HAVE(cache, 0, "glibc-ld.so.cache1.1"))
        return NULL;
    const uint32_t count = loom_le32(cache.data + 20);
    if (count > (cache.size - CACHE_HEAD) / CACHE_ENTRY)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        const unsigned char *entry = cache.data + CACHE_HEAD + (size_t)i * CACHE_ENTRY;
        const char *key = text_at(cache, loom_le32(entry + 4));
        if (key == NULL || strcmp(key, name) != 0 || loom_le32(entry) != CACHE_X86_64)
            continue;
        if (found != NULL || loom_le64(entry + 16) != 0)
            return NULL;
        found = text_at(cache, loom_le32(entry + 8));
    }
    return found;
}

/* ---- the version --------------------------------------------------------- */

/* Whether the loader was told to look elsewhere, or libvips is already loaded. */
static bool is_elsewhere(const char *name)
{
    static const char *const variables[] = {"LD_LIBRARY_PATH", "LD_PRELOAD", "LD_AUDIT"};
    void *loaded = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);

    if (loaded != NULL)
        (void)dlclose(loaded);
    for (size_t i = 0; i < LOOM_COUNT(variables); i++)
        if (getenv(variables[i]) != NULL)
            return true;
    return loaded != NULL;
}

static bool name_library(char name[NAME_MAX_BYTES])
{
    loom_strbuf path = LOOM_STRBUF_INIT;
    loom_bytes module;
    bool ok = false;

    if (loom_locate(LOOM_PLUGIN_FILE, &path) && map_file(loom_strbuf_str(&path), &module)) {
        ok = find_needed(module, name);
        unmap(module);
    }
    loom_strbuf_release(&path);
    return ok;
}

/* Whether it is a version like "8.14.1" and nothing else. */
static bool is_version(const char *text)
{
    const size_t length = strspn(text, "0123456789.");
    size_t dots = 0;

    for (size_t i = 0; i < length; i++)
        dots += text[i] == '.';
    return length > 0 && length < VERSION_MAX_BYTES && text[length] == '\0' && dots == 2 &&
           strstr(text, "..") == NULL && text[0] != '.' && text[length - 1] != '.';
}

static bool read_version(const char *path, char version[VERSION_MAX_BYTES])
{
    loom_bytes library;

    if (path == NULL || path[0] != '/' || !map_file(path, &library))
        return false;
    const char *text = returned_text(library, find_function(library, "vips_version_string"));
    const bool ok = text != NULL && is_version(text);
    if (ok)
        memcpy(version, text, strlen(text) + 1);
    unmap(library);
    return ok;
}

const char *loom_plugin_file_version(void)
{
    static char version[VERSION_MAX_BYTES];
    char name[NAME_MAX_BYTES];
    loom_bytes cache;

    if (!name_library(name) || is_elsewhere(name) || !map_file("/etc/ld.so.cache", &cache))
        return NULL;
    const bool ok = read_version(find_cached(cache, name), version);
    unmap(cache);
    return ok ? version : NULL;
}

/* ---- what the engine tells ------------------------------------------------- */

const char *loom_engine_vips_version(loom_engine *engine)
{
    const char *version = loom_plugin_get() == NULL ? loom_plugin_file_version() : NULL;

    if (version != NULL)
        return version;
    return loom_engine_load_vips(engine, NULL) == LOOM_OK ? loom_plugin_get()->vips_version()
                                                          : NULL;
}

const char *loom_engine_jpeg_version(void)
{
    return loom_jpeg_library;
}
