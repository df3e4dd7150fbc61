/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence/interfaces.h"

#include <glib.h>

#include "capture/capture.h"
#include "evidence/origin.h"
#include "evidence/pcapng_out.h"
#include "mipro_text.h"
#include "report/report.h"

/* An interface of a capture. */
struct interface {
    uint64_t bits; /* file, link type, number, and whether its frames have a time */
    char *name;    /* or NULL */
};

static guint
hash_interface(gconstpointer p)
{
    const struct interface *key = p;

    return g_int64_hash(&key->bits) ^ (key->name != NULL ? g_str_hash(key->name) : 0);
}

static gboolean
is_same_interface(gconstpointer p, gconstpointer q)
{
    const struct interface *a = p, *b = q;

    return a->bits == b->bits && g_strcmp0(a->name, b->name) == 0;
}

static void
free_interface(gpointer p)
{
    struct interface *key = p;

    g_free(key->name);
    g_free(key);
}

struct vrf_interfaces {
    GHashTable *numbers; /* struct interface to its number + 1 */
    uint32_t n;
};

struct vrf_interfaces *
vrf_interfaces_new(void)
{
    struct vrf_interfaces *interfaces = g_new0(struct vrf_interfaces, 1);

    interfaces->numbers =
        g_hash_table_new_full(hash_interface, is_same_interface, free_interface, NULL);
    return interfaces;
}

void
vrf_interfaces_free(struct vrf_interfaces *interfaces)
{
    g_hash_table_destroy(interfaces->numbers);
    g_free(interfaces);
}

/* Untrusted text escaped as for a terminal; NULL for NULL. */
static char *
shown(const char *text)
{
    GString *s = g_string_new(NULL);
    struct mipro_text_out out = mipro_text_to_string(s);

    if (text != NULL)
        mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, text);
    return g_string_free(s, text == NULL);
}

static uint32_t
add(struct vrf_interfaces *interfaces, struct vrf_out *out, const struct vrf_frame *frame,
    uint16_t number, const char *file, bool has_time, const struct interface *key)
{
    char *capture = shown(file), *name = shown(key->name);
    char *description = vrf_origin_describe_interface(number, capture);
    struct interface *known = g_new(struct interface, 1);

    vrf_pcapng_interface(out, frame->link_number, name, description, has_time);
    *known = (struct interface){ key->bits, g_strdup(key->name) };
    g_hash_table_insert(interfaces->numbers, known, GUINT_TO_POINTER(interfaces->n + 1));
    g_free(capture);
    g_free(name);
    g_free(description);
    return interfaces->n++;
}

uint32_t
vrf_interfaces_number(struct vrf_interfaces *interfaces, struct vrf_out *out,
    const struct vrf_report *r, const struct vrf_capture *c, const struct vrf_block *block,
    const struct vrf_frame *frame, unsigned file)
{
    bool has_time = frame->time != MIPRO_TIME_NONE && frame->time >= 0;
    const char *name = vrf_capture_interface_name(c, frame);
    const struct interface key = { (uint64_t)file << 33 | (uint64_t)frame->link_number << 17 |
                                       (uint64_t)frame->interface << 1 | has_time,
        (char *)name };
    gpointer known = g_hash_table_lookup(interfaces->numbers, &key);

    if (known != NULL)
        return GPOINTER_TO_UINT(known) - 1;
    return add(interfaces, out, frame, vrf_frame_interface(block, frame), vrf_report_name(r, file),
        has_time, &key);
}
