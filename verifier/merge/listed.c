/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/listed.h"

#include <inttypes.h>
#include <string.h>

#include "events/archive.h"
#include "events/goods.h"
#include "names.h"
#include "warn.h"

/* The keys and options of the reports, and so of the events: "made", as in json_summary.c. */
static struct vrf_events_maker
maker_of(const char *made)
{
    const char *keys = strchr(made, '-');

    return (struct vrf_events_maker){ g_ascii_strtoull(made + 1, NULL, 16),
        keys != NULL ? (uint32_t)g_ascii_strtoull(keys + 1, NULL, 16) : 0 };
}

/* Is this the name of a capture that a report has as text? */
static bool
is_name(const char *name, struct vrf_slice text)
{
    char *shown = vrf_name_shown(name);
    const bool same = vrf_slice_equal((struct vrf_slice){ shown, strlen(shown) }, text);

    g_free(shown);
    return same;
}

/* Are these the captures of the reports? */
static bool
are_those(const struct vrf_archive *archive, const struct vrf_parts *parts)
{
    char *content = g_strdup_printf("\"%016" PRIx64 "\"", vrf_archive_content(archive));
    bool good =
        vrf_archive_captures(archive) == parts->n_names && strcmp(content, parts->events) == 0;

    for (size_t i = 0; i < parts->n_names && good; i++)
        good = is_name(vrf_archive_name(archive, i), parts->names[i]);
    g_free(content);
    return good;
}

bool
vrf_listed_begin(struct vrf_listed *l, const struct vrf_parts *parts, const char *const *folders,
    unsigned n_folders, const char *report)
{
    const struct vrf_events_parts all = { 0, parts->n, parts->n };
    struct vrf_events_maker maker;

    vrf_compact_begin(&l->record);
    l->record.frame = UINT64_MAX;
    if (parts->events == NULL)
        return true;
    if (n_folders == 0) {
        vrf_warn(
            "%s: its good authenticators are only in the events that it was made from; name the "
            "folders of those, too",
            report);
        return false;
    }
    l->folder = folders[0];
    maker = maker_of(parts->made);
    l->archive = vrf_archive_open(folders, n_folders, &all, &maker);
    if (l->archive == NULL)
        return false;
    if (!are_those(l->archive, parts)) {
        vrf_warn("%s: these are not the events that the reports were made from", l->folder);
        return false;
    }
    l->goods = vrf_goods_new(l->archive, parts->n, parts->associations, parts->n_associations);
    vrf_listed_next(l);
    return true;
}

void
vrf_listed_next(struct vrf_listed *l)
{
    uint64_t number;

    l->record.frame = vrf_goods_next(l->goods, &l->record, &l->capture, &number)
                          ? ((uint64_t)l->capture + 1) << VRF_CAPTURE_SHIFT | number
                          : UINT64_MAX;
}

bool
vrf_listed_is_valid(const struct vrf_listed *l)
{
    const bool damaged = l->goods != NULL && vrf_goods_are_damaged(l->goods);

    if (damaged)
        vrf_warn("%s: its events cannot be read", l->folder);
    return !damaged;
}

void
vrf_listed_end(struct vrf_listed *l)
{
    vrf_goods_free(l->goods);
    vrf_archive_close(l->archive);
}
