/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accept.c - write a baseline of what was found. */
#include "report/baseline.h"

#include <inttypes.h>
#include <string.h>

#include "mipro_text.h"
#include "mipro_wire.h"
#include "report/whole.h"

enum { MAX_ENTRIES = 250000 };

struct entry {
    struct vrf_fingerprint f;
    char *nai, *reason, *until; /* all but the reason may be NULL */
};

struct vrf_baseline_writer {
    GHashTable *entries; /* struct entry, by its fingerprint */
    uint64_t left_out;
};

static void
free_entry(gpointer p)
{
    struct entry *e = p;

    g_free(e->nai);
    g_free(e->reason);
    g_free(e->until);
    g_free(e);
}

struct vrf_baseline_writer *
vrf_baseline_writer_new(void)
{
    struct vrf_baseline_writer *w = g_new0(struct vrf_baseline_writer, 1);

    w->entries =
        g_hash_table_new_full(vrf_fingerprint_hash, vrf_fingerprint_equal, NULL, free_entry);
    return w;
}

void
vrf_baseline_writer_free(struct vrf_baseline_writer *w)
{
    if (w == NULL)
        return;
    g_hash_table_destroy(w->entries);
    g_free(w);
}

void
vrf_baseline_writer_add(struct vrf_baseline_writer *w, const struct vrf_fingerprint *f,
    const struct vrf_known *known, const char *file, uint64_t frame)
{
    struct entry *e;

    if (g_hash_table_contains(w->entries, f))
        return;
    if (g_hash_table_size(w->entries) == MAX_ENTRIES) {
        w->left_out++;
        return;
    }
    e = g_new0(struct entry, 1);
    e->f = *f;
    e->f.nai = e->nai = g_strdup(f->nai);
    if (known != NULL) {
        e->reason = g_strdup(known->reason);
        e->until = g_strdup(known->until_text);
    } else {
        GString *reason = g_string_new("not reviewed; first found in ");
        struct mipro_text_out out = mipro_text_to_string(reason);

        mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, file);
        g_string_append_printf(reason, ", frame %" PRIu64, frame);
        e->reason = g_string_free(reason, FALSE);
    }
    g_hash_table_insert(w->entries, &e->f, e);
}

/* Text in UTF-8; a person edits the file, in which it may disturb no line. */
static void
put_column(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (const char *p = text, *next; *p != '\0'; p = next) {
        bool plain = *p != '"' && *p != '\\' && mipro_text_is_plain(g_utf8_get_char(p));

        for (next = g_utf8_next_char(p); plain && p < next; p++)
            g_string_append_c(out, *p);
        for (; p < next; p++)
            g_string_append_printf(out, "\\x%02x", (unsigned char)*p);
    }
    g_string_append_c(out, '"');
}

static int
compare_entries(const void *a, const void *b)
{
    return vrf_fingerprint_compare(
        &(*(const struct entry *const *)a)->f, &(*(const struct entry *const *)b)->f);
}

int
vrf_baseline_writer_save(const struct vrf_baseline_writer *w, const char *path, uint64_t *left_out)
{
    GString *out =
        g_string_new("# Findings that mipro-verify --baseline accepts; see "
                     "mipro-verify(1), BASELINES.\n"
                     "# what, source, destination, home address or NAI, reason, until\n");
    GPtrArray *sorted = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    struct vrf_whole file;
    int error = vrf_whole_begin(&file, path);

    g_hash_table_iter_init(&iter, w->entries);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        g_ptr_array_add(sorted, value);
    g_ptr_array_sort(sorted, compare_entries);
    for (guint i = 0; i < sorted->len; i++) {
        const struct entry *e = g_ptr_array_index(sorted, i);
        char *node = vrf_fingerprint_node(&e->f);

        put_column(out, vrf_fingerprint_what(&e->f).s);
        g_string_append_c(out, ',');
        put_column(out, mipro_dotted(e->f.src).s);
        g_string_append_c(out, ',');
        put_column(out, mipro_dotted(e->f.dst).s);
        g_string_append_c(out, ',');
        put_column(out, node);
        g_free(node);
        g_string_append_c(out, ',');
        put_column(out, e->reason);
        if (e->until != NULL) {
            g_string_append_c(out, ',');
            put_column(out, e->until);
        }
        g_string_append_c(out, '\n');
    }
    if (error == 0) {
        vrf_put_octets(&file.out, out->str, out->len);
        error = vrf_whole_finish(&file);
    }
    *left_out = w->left_out;
    g_ptr_array_free(sorted, TRUE);
    g_string_free(out, TRUE);
    return error;
}
