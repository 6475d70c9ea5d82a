/*
 * Reads rows as imgloom writes them, without a parser of JSON: flat objects in their compact form.
 * It knows no errors: what is not exactly so is left to those who read all of JSON.
 */
#ifndef LOOM_REPORT_JSON_FLAT_H
#define LOOM_REPORT_JSON_FLAT_H

#include "report/json_fields.h"

/*
 * Sets all fields of `target` from an object, of a table of at most 64 fields: `text` has `size`
 * bytes, without the opening brace and what the caller has read behind it. Its strings get a NUL
 * each, and are those of *target. *valued: bit N is set if field N has a value that is not null.
 * False: it is not of this form, *text and *target are spoilt.
 */
bool loom_flat_read(const loom_field *table, size_t count, char *text, size_t size, void *target,
                    uint64_t *valued);

#endif
