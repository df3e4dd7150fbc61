/* SPDX-License-Identifier: GPL-2.0-or-later */
/* error.c - what is wrong in a key file, and where. */
#include "keys/keyring.h"

#include <stdarg.h>
#include <stdio.h>

bool
mipro_ring_fail(struct mipro_key_error *err, const struct mipro_keyring *ring, unsigned line,
    enum mipro_key_field field, const char *format, ...)
{
    va_list args;

    if (err == NULL)
        return false;
    *err = (struct mipro_key_error){ .line = line, .field = mipro_key_field_name(field) };
    if (ring != NULL)
        snprintf(err->file, sizeof(err->file), "%s", ring->path);
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    return false;
}

void
mipro_key_error_text(const struct mipro_key_error *err, char *text, size_t size)
{
    char line[16] = "";

    if (err->line != 0)
        snprintf(line, sizeof(line), ":%u", err->line);
    snprintf(text, size, "%s%s: %s%s%s", err->file, line, err->field != NULL ? err->field : "",
        err->field != NULL ? ": " : "", err->text);
}

const char *
mipro_ring_source(const struct mipro_keyring *ring, const struct mipro_association *s)
{
    return ring->read_path != NULL && s->index >= ring->read_from ? ring->read_path : ring->path;
}

bool
mipro_ring_fail_at(struct mipro_key_error *err, const struct mipro_keyring *ring,
    const struct mipro_association *s, enum mipro_key_field field, const char *format, ...)
{
    va_list args;

    mipro_ring_fail(err, ring, s->line, field, "%s", "");
    if (err == NULL)
        return false;
    snprintf(err->file, sizeof(err->file), "%s", mipro_ring_source(ring, s));
    va_start(args, format);
    vsnprintf(err->text, sizeof(err->text), format, args);
    va_end(args);
    return false;
}
