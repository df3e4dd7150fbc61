/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "names.h"

#include <glib.h>

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
