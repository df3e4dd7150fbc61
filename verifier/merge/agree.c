/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/agree.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "events/file.h"
#include "warn.h"

/* Was the part made with this setting? */
static bool
is_same(const struct vrf_parts *parts, const struct vrf_setting *setting)
{
    const struct vrf_slice options = { parts->options, strlen(parts->options) };
    char hash[17];

    snprintf(hash, sizeof(hash), "%016" PRIx64, setting->hash);
    return vrf_slice_is(vrf_slice_find(options, setting->name), hash);
}

/* "made" ends with the hash of the keys: json_summary.c. */
static bool
has_keys(const struct vrf_parts *parts, const struct vrf_options *o)
{
    char keys[16];

    snprintf(keys, sizeof(keys), "-%08" PRIx32 "\"", vrf_events_maker(o).keys);
    return g_str_has_suffix(parts->made, keys);
}

bool
vrf_agrees(const struct vrf_parts *parts, const struct vrf_options *o, const char *path)
{
    bool good = true;

    for (unsigned i = 0; i < o->n_settings; i++) {
        if (!o->settings[i].given || is_same(parts, &o->settings[i]))
            continue;
        vrf_warn("%s: was made with another --%s, or without it", path, o->settings[i].name);
        good = false;
    }
    if (o->ring != NULL && !has_keys(parts, o)) {
        vrf_warn("%s: was made with another key file, or other --words", path);
        good = false;
    }
    if (o->without_good && !parts->without_good) {
        vrf_warn("%s: was made without --without-good", path);
        good = false;
    }
    return good;
}
