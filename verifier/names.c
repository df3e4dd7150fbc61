/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <glib.h>

#include "mipro_text.h"

enum { CHUNK = 16 * 1024 };

const char *
vrf_name_keep(const char *name)
{
    static GStringChunk *names;
    static GMutex mutex;
    const char *kept;

    g_mutex_lock(&mutex);
    if (names == NULL)
        names = g_string_chunk_new(CHUNK);
    kept = g_string_chunk_insert_const(names, name);
    g_mutex_unlock(&mutex);
    return kept;
}

char *
vrf_name_shown(const char *name)
{
    GString *shown = g_string_new("\"");
    struct mipro_text_out to = mipro_text_to_string(shown);

    mipro_text_escape(&to, MIPRO_ESCAPE_JSON, name);
    g_string_append_c(shown, '"');
    return g_string_free(shown, FALSE);
}
