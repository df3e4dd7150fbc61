/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notes.c - the records of the report by frame, until the evidence is written.
 *
 * Texts go to a temporary file; in memory a note takes 16 octets.
 */
#include "evidence/evidence.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/file_state.h"
#include "report/report.h"
#include "temporary.h"
#include "warn.h"

enum {
    MAX_TEXTS = 4 * 1024 * 1024, /* 64 MiB */
    MAX_HOMES = 1024 * 1024,
    MAX_NAIS = 64 * 1024,
    FILTER_BITS = 16,
    MAX_TEXT = 16 * 1024 /* octets stored of one text */
};

struct vrf_evidence_notes {
    VRF_ARRAY(struct vrf_note) texts_of; /* their texts are in the file */
    struct vrf_traces *traces;
    GHashTable *homes;
    /* A bit for each hash of a home address in it: rules out nearly all other addresses. */
    uint64_t filter[(1u << FILTER_BITS) / 64];
    GHashTable *nais; /* in lower case */
    FILE *texts;
    uint64_t n_octets; /* in texts */
    uint64_t left_out;
    int error;
    struct vrf_file_state *files; /* named on the command line, as they were at the beginning */
};

/* The state of a named file.  False: it is not there. */
static bool
find_state(const char *path, struct vrf_file_state *state)
{
    struct stat st;

    if ((strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(path, &st)) != 0)
        return false;
    *state = vrf_file_state(&st);
    return true;
}

bool
vrf_evidence_is_unchanged(
    const struct vrf_evidence_notes *e, const struct vrf_options *o, unsigned file)
{
    const struct vrf_file_state *then = &e->files[file];
    struct vrf_file_state now;

    if (!find_state(o->files[file], &now) || vrf_file_is_same(then, &now) ||
        vrf_file_has_grown(then, &now))
        return true;
    vrf_warn("%s: was changed since it was first read", o->files[file]);
    return false;
}

struct vrf_evidence_notes *
vrf_evidence_new(const struct vrf_options *o)
{
    struct vrf_evidence_notes *e = g_new0(struct vrf_evidence_notes, 1);

    e->files = g_new0(struct vrf_file_state, o->n_files + 1);
    for (unsigned i = 0; i < o->n_files; i++)
        (void)find_state(o->files[i], &e->files[i]);
    e->traces = vrf_traces_new();
    e->homes = g_hash_table_new(NULL, NULL);
    e->nais = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    e->texts = vrf_temporary();
    if (e->texts == NULL)
        e->error = errno;
    return e;
}

void
vrf_evidence_free(struct vrf_evidence_notes *e)
{
    if (e == NULL)
        return;
    g_free(e->files);
    if (e->texts != NULL)
        fclose(e->texts);
    g_hash_table_destroy(e->homes);
    g_hash_table_destroy(e->nais);
    g_free(e->texts_of.at);
    vrf_traces_free(e->traces);
    g_free(e);
}

static uint32_t
hash(uint32_t home)
{
    return home * UINT32_C(0x9e3779b1) >> (32 - FILTER_BITS);
}

static void
add_home(struct vrf_evidence_notes *e, uint32_t home)
{
    uint32_t at = hash(home);

    if (g_hash_table_size(e->homes) == MAX_HOMES)
        return;
    g_hash_table_add(e->homes, GUINT_TO_POINTER(home));
    e->filter[at / 64] |= UINT64_C(1) << at % 64;
}

static void
add_nai(struct vrf_evidence_notes *e, const char *nai)
{
    if (g_hash_table_size(e->nais) < MAX_NAIS)
        g_hash_table_add(e->nais, g_ascii_strdown(nai, -1));
}

/* Add a note: the text at this offset is about the frame. */
static void
add_text(struct vrf_evidence_notes *e, uint64_t frame, uint64_t text, bool is_fault)
{
    if (e->texts_of.n < MAX_TEXTS)
        *VRF_ARRAY_ADD(&e->texts_of) =
            (struct vrf_note){ .frame = frame, .text = text & VRF_NOTE_TEXT, .is_fault = is_fault };
    else
        e->left_out++;
}

/* Write a text to the temporary file, length first; returns its offset. */
static uint64_t
keep(struct vrf_evidence_notes *e, const GString *text)
{
    uint32_t len = text->len < MAX_TEXT ? (uint32_t)text->len : MAX_TEXT;
    uint64_t at = e->n_octets;

    if (e->error != 0)
        return 0;
    if (fwrite(&len, sizeof(len), 1, e->texts) != 1 || fwrite(text->str, 1, len, e->texts) != len) {
        e->error = errno != 0 ? errno : EIO;
        return 0;
    }
    e->n_octets += sizeof(len) + len;
    return at;
}

static void
note_finding(
    struct vrf_evidence_notes *e, const struct vrf_report *r, const struct vrf_record *record)
{
    const struct mipro_finding *f = record->finding;
    const struct mipro_rule_def *rule = mipro_rule_def(f->rule);
    GString *text = g_string_new(NULL);
    struct mipro_text_out out = mipro_text_to_string(text);
    uint64_t number, at;

    g_string_printf(text, "%s: %s: ", mipro_severity_name(mipro_finding_severity(f)), rule->id);
    mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, f->text);
    g_string_append_printf(text, " (%s)", rule->section);
    add_text(e, record->frame, keep(e, text), true);
    if (f->n_related != 0) {
        unsigned file = vrf_report_file(r, record->frame, &number);

        g_string_printf(text, "related to frame %" PRIu64 " of \"", number);
        mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, vrf_report_name(r, file));
        g_string_append_printf(text, "\": %s", rule->id);
        at = keep(e, text);
        for (unsigned i = 0; i < f->n_related; i++)
            add_text(e, f->related[i], at, true);
    }
    g_string_free(text, TRUE);
}

/* An unchecked authenticator is not a fault: without keys every message has one. */
static bool
is_fault(const struct vrf_record *record)
{
    if (vrf_is_finding(record))
        return true;
    return record->verdict == MIPRO_BAD || record->verdict == MIPRO_EXPIRED ||
           record->verdict == MIPRO_MISSING;
}

static void
note_authenticator(struct vrf_evidence_notes *e, const struct vrf_record *record)
{
    GString *text;
    struct mipro_text_out out;

    if (record->verdict == MIPRO_GOOD)
        return; /* its batch has a trace of it */
    text = g_string_new(NULL);
    out = mipro_text_to_string(text);
    g_string_printf(text, "%s: extension %u", mipro_verdict_name(record->verdict), record->ext);
    if (record->has_spi)
        g_string_append_printf(text, ", SPI 0x%08x", record->spi);
    if (record->association != NULL) {
        g_string_append(text, ", association ");
        mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, record->association->name);
    }
    add_text(e, record->frame, keep(e, text), is_fault(record));
    g_string_free(text, TRUE);
}

void
vrf_evidence_note(
    struct vrf_evidence_notes *e, const struct vrf_report *r, const struct vrf_record *record)
{
    if (vrf_is_finding(record))
        note_finding(e, r, record);
    else
        note_authenticator(e, record);
    if (!is_fault(record))
        return;
    if (record->has_home)
        add_home(e, record->home);
    if (record->nai != NULL)
        add_nai(e, record->nai);
}

static void
add_node(struct vrf_evidence_notes *e, const struct mipro_message *m)
{
    const uint32_t home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    char text[MIPRO_NAI_TEXT];
    struct mipro_nai nai = { NULL, 0 };

    nai.octets = mipro_message_nai(m, &nai.len);
    if (home != 0 && home != UINT32_MAX)
        add_home(e, home);
    if (nai.octets == NULL)
        return;
    mipro_nai_text(&nai, text);
    add_nai(e, text);
}

/*
 * The fragments of a datagram are in the evidence, because until it is complete it may be what
 * another message waits for.  So the message in it is there as well, and its exchange must be, or
 * its answer would be missing.
 */
static void
note_whole(struct vrf_evidence_notes *e, const struct vrf_batch *b)
{
    const struct vrf_event *whole = NULL;

    for (uint32_t i = 0; i < b->events.n; i++) {
        const struct vrf_event *ev = &b->events.at[i];

        if (ev->kind == VRF_EVENT_WHOLE)
            whole = ev;
        else if (ev->kind == VRF_EVENT_MESSAGE && whole != NULL && whole->frame == ev->frame)
            add_node(e, &b->messages.at[ev->at].m);
    }
}

void
vrf_evidence_note_batch(struct vrf_evidence_notes *e, const struct vrf_batch *b)
{
    vrf_traces_add(e->traces, b);
    if (b->pieces.n != 0)
        note_whole(e, b);
}

static int
compare_notes(const void *p, const void *q)
{
    const struct vrf_note *a = p, *b = q;

    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    return a->text < b->text ? -1 : a->text > b->text; /* in the order of arrival */
}

struct vrf_note_list
vrf_evidence_texts(struct vrf_evidence_notes *e)
{
    struct vrf_note *at = e->texts_of.at;
    uint32_t n = e->texts_of.n;

    for (uint32_t i = 1; i < n; i++) {
        if (compare_notes(&at[i - 1], &at[i]) > 0) {
            qsort(at, n, sizeof(*at), compare_notes);
            break;
        }
    }
    return (struct vrf_note_list){ at, n != 0 ? at + n : at }; /* at may be NULL if n is 0 */
}

struct vrf_traces *
vrf_evidence_traces(struct vrf_evidence_notes *e)
{
    return e->traces;
}

bool
vrf_evidence_append_text(
    struct vrf_evidence_notes *e, const struct vrf_note *note, size_t max, GString *to)
{
    uint32_t len;
    size_t before = to->len;

    if (e->texts == NULL || fseeko(e->texts, (off_t)note->text, SEEK_SET) != 0 ||
        fread(&len, sizeof(len), 1, e->texts) != 1 || len > MAX_TEXT)
        return false;
    if (len > max)
        len = (uint32_t)max;
    g_string_set_size(to, before + len);
    return fread(to->str + before, 1, len, e->texts) == len;
}

bool
vrf_evidence_has_home(const struct vrf_evidence_notes *e, uint32_t home)
{
    uint32_t at = hash(home);

    return home != 0 && (e->filter[at / 64] >> at % 64 & 1) != 0 &&
           g_hash_table_contains(e->homes, GUINT_TO_POINTER(home));
}

bool
vrf_evidence_has_nai(const struct vrf_evidence_notes *e, const struct mipro_nai *nai)
{
    char text[MIPRO_NAI_TEXT];
    char *folded;
    bool found;

    if (nai->octets == NULL || g_hash_table_size(e->nais) == 0)
        return false;
    mipro_nai_text(nai, text);
    folded = g_ascii_strdown(text, -1);
    found = g_hash_table_contains(e->nais, folded);
    g_free(folded);
    return found;
}

uint64_t
vrf_evidence_left_out(const struct vrf_evidence_notes *e)
{
    return e->left_out + vrf_traces_left_out(e->traces);
}

int
vrf_evidence_error(const struct vrf_evidence_notes *e)
{
    if (e->error == 0 && e->texts != NULL && fflush(e->texts) != 0)
        return errno;
    return e->error;
}
