/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/merge.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "merge/agree.h"
#include "merge/listed.h"
#include "merge/part.h"
#include "merge/sum.h"
#include "merge/tournament.h"
#include "mipro_namesake.h"
#include "report/report.h"
#include "values.h"
#include "warn.h"

struct merge {
    const struct vrf_options *o;
    struct vrf_part_report *parts;
    struct vrf_parts all; /* what all parts have in common */
    struct mipro_conduct_config config;
    GPtrArray *decided; /* struct vrf_record */
    uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS];
    int64_t open_findings[MIPRO_ERROR + 1], open_undecided[MIPRO_UNDECIDED_REASONS];
    uint64_t dropped; /* open cases that were decided early */
    struct vrf_sum *sum;
    GHashTable *weak;   /* the texts of key-weak */
    GPtrArray *folders; /* of events */
    struct vrf_listed listed;
    struct vrf_report report;
};

/* ---- open cases ---- */

static void
take_related(const struct merge *m, struct mipro_finding *f, struct vrf_slice related)
{
    struct vrf_slice value;
    uint64_t capture, number;

    for (size_t at = 0; vrf_slice_element(related, &at, &value);) {
        if (!vrf_slice_number(value, &capture) || !vrf_slice_element(related, &at, &value) ||
            !vrf_slice_number(value, &number) || capture >= m->all.n_names)
            return;
        mipro_finding_relate(f, (capture + 1) << VRF_CAPTURE_SHIFT | number);
    }
}

static enum mipro_undecided
reason_of(struct vrf_slice word)
{
    unsigned i = 0;

    while (i < MIPRO_UNDECIDED_REASONS && !vrf_slice_is(word, mipro_undecided_name(i)))
        i++;
    return (enum mipro_undecided)i;
}

/* Subtract what the part counted on the assumption of no match, which is decided here. */
static void
note_open(struct merge *m, struct vrf_slice line, enum mipro_undecided undecided)
{
    struct vrf_slice severity = vrf_slice_find(line, "severity");

    for (int i = MIPRO_NOTE; i <= MIPRO_ERROR; i++)
        m->open_findings[i] += vrf_slice_is(severity, mipro_severity_name((enum mipro_severity)i));
    if (severity.octets == NULL && undecided < MIPRO_UNDECIDED_REASONS)
        m->open_undecided[undecided]++;
}

static enum mipro_open_kind
kind_of(struct vrf_slice word)
{
    if (vrf_slice_is(word, "answer"))
        return MIPRO_OPEN_ANSWER;
    if (vrf_slice_is(word, "alone"))
        return MIPRO_OPEN_ALONE;
    return vrf_slice_is(word, "claim") ? MIPRO_OPEN_CLAIM : MIPRO_OPEN_QUESTION;
}

static bool
take_open(
    struct merge *m, struct namesakes *namesakes, const struct vrf_part_report *p, int64_t *clock)
{
    struct vrf_slice line = vrf_part_line(p), how = vrf_slice_find(line, "open");
    char *ident = vrf_slice_string(vrf_slice_find(how, "identification"));
    char *time = vrf_slice_string(vrf_slice_find(line, "time"));
    struct mipro_open open = {
        .kind = kind_of(vrf_slice_find(how, "is")),
        .says = p->position.kind == VRF_RECORD_FINDING,
        .undecided = reason_of(vrf_slice_find(line, "undecided")),
        .ident = ident != NULL ? g_ascii_strtoull(ident, NULL, 16) : 0,
        .finding = { .rule = (enum mipro_rule)p->position.rule,
            .frame = p->position.frame,
            .has_home = true,
            .unproven = vrf_slice_find(how, "unproven").octets != NULL,
            .time = MIPRO_TIME_NONE },
    };
    struct mipro_finding *f = &open.finding;
    uint64_t message;
    bool good = ident != NULL && p->position.rule < MIPRO_RULES &&
                vrf_slice_signed(vrf_slice_find(how, "clock"), &open.time) &&
                vrf_slice_address(vrf_slice_find(line, "source"), &f->src) &&
                vrf_slice_address(vrf_slice_find(line, "destination"), &f->dst) &&
                vrf_slice_address(vrf_slice_find(line, "home"), &f->home) &&
                vrf_slice_number(vrf_slice_find(line, "message"), &message) && message < 256;

    if (good) {
        f->message = (uint8_t)message;
        if (time != NULL && !mipro_time_parse(time, strlen(time), &f->time))
            f->time = MIPRO_TIME_NONE;
        take_related(m, f, vrf_slice_find(how, "related"));
        if (open.says && p->position.text != NULL)
            mipro_finding_appendf(f, "%s", p->position.text);
        note_open(m, line, open.undecided);
        *clock = open.time;
        mipro_namesakes_add(namesakes, &open);
    }
    g_free(ident);
    g_free(time);
    return good || vrf_part_fault(p, "has a line that is not a record");
}

static void
take_decided(void *ctx, const struct mipro_finding *f)
{
    struct merge *m = ctx;
    struct vrf_record *r;

    if (!m->all.rules[f->rule])
        return;
    r = g_new(struct vrf_record, 1);
    *r = vrf_record_of(f);
    g_ptr_array_add(m->decided, r);
}

static void
free_record(gpointer p)
{
    vrf_record_clear(p);
    g_free(p);
}

static gint
compare_decided(gconstpointer a, gconstpointer b)
{
    return vrf_record_compare(*(struct vrf_record *const *)a, *(struct vrf_record *const *)b);
}

/* Advance to the next open record, or to the summary. */
static bool
next_open(const struct merge *m, struct vrf_part_report *p)
{
    do
        if (!vrf_part_next_other(&m->all, p))
            return false;
    while (!p->open && !p->ended);
    return true;
}

/*
 * Cases up to this time can be decided: in the report of its part, a record is at most one time
 * limit late, and timestamps within the tolerance have no order.
 */
static int64_t
decidable(const struct merge *m, int64_t latest)
{
    int64_t clock = latest;

    for (unsigned i = 0; i < 2; i++)
        clock = mipro_time_add(mipro_time_add(clock, -m->all.ack_timeout), -m->all.tolerance);
    return clock;
}

enum { OFTEN = 4096 }; /* cases read before some are decided */

/* Decide the open cases of all parts, in the order of the captures, so that few are pending. */
static bool
decide_open(struct merge *m, struct namesakes *namesakes)
{
    struct vrf_tournament t;
    int64_t latest = INT64_MIN;
    bool good = true;
    unsigned i;

    vrf_tournament_begin(&t, m->parts, m->all.n);
    for (uint64_t n = 1; good && (i = vrf_tournament_first(&t)) < m->all.n; n++) {
        struct vrf_part_report *p = &m->parts[i];
        int64_t time = INT64_MIN;

        good = take_open(m, namesakes, p, &time) && next_open(m, p);
        if (good && time > latest)
            latest = time;
        if (good && n % OFTEN == 0)
            mipro_namesakes_decide(namesakes, decidable(m, latest));
        vrf_tournament_go_on(&t);
    }
    vrf_tournament_end(&t);
    return good;
}

/* Read the open cases and the summaries. */
static bool
read_through(struct merge *m)
{
    const struct mipro_conduct_sink sink = { .ctx = m, .finding = take_decided };
    struct namesakes *namesakes = mipro_namesakes_new(&m->config, &sink, m->undecided);
    bool good = namesakes != NULL;

    for (unsigned i = 0; i < m->all.n && good; i++)
        good = next_open(m, &m->parts[i]);
    good = good && decide_open(m, namesakes);
    for (unsigned i = 0; i < m->all.n && good; i++) {
        struct vrf_part_report *p = &m->parts[i];

        if (!vrf_sum_add(m->sum, vrf_part_line(p)))
            good = vrf_part_fault(p, "has a summary that cannot be read");
        good = good && vrf_part_is_done(p) && vrf_part_rewind(p);
    }
    if (good) {
        mipro_namesakes_end(namesakes);
        m->dropped = mipro_namesakes_dropped(namesakes);
    }
    mipro_namesakes_free(namesakes);
    g_ptr_array_sort(m->decided, compare_decided);
    return good;
}

/* ---- the report ---- */

static void
put_decided(struct merge *m, const struct vrf_record *r)
{
    vrf_sum_count(m->sum, "findings", mipro_severity_name(mipro_finding_severity(r->finding)), 1);
    vrf_json_format.finding(&m->report, r);
}

/* Was this key already reported as weak? */
static bool
is_double(struct merge *m, const struct vrf_part_report *p)
{
    char *severity;

    if (p->position.kind != VRF_RECORD_FINDING || p->position.rule != MIPRO_RULE_KEY_WEAK ||
        p->position.text == NULL || g_hash_table_add(m->weak, g_strdup(p->position.text)))
        return false;
    severity = vrf_slice_string(vrf_slice_find(vrf_part_line(p), "severity"));
    if (severity != NULL)
        vrf_sum_count(m->sum, "findings", severity, -1);
    g_free(severity);
    return true;
}

static void
put_record(struct merge *m, const struct vrf_part_report *p)
{
    m->report.part = (uint32_t)p->capture;
    if (p->is_compact)
        vrf_json_format.authenticator(&m->report, &p->record);
    else if (!is_double(m, p))
        vrf_put_octets(&m->report.out, p->line.octets, p->line.n);
}

/* Advance to the next record to print; open cases are already decided, and printed separately. */
static bool
next_decided(const struct merge *m, struct vrf_part_report *p)
{
    do {
        if (!vrf_part_next(&m->all, p))
            return false;
    } while (!p->ended && p->open);
    return true;
}

static bool
is_earlier(const struct vrf_record *r, const struct vrf_position *position)
{
    const struct vrf_position own = { r->frame, r->kind, r->finding->rule, r->finding->text };

    return vrf_position_compare(&own, position) < 0;
}

/* Print what the events list of frames below this one. */
static void
put_listed(struct merge *m, uint64_t frame)
{
    struct vrf_listed *l = &m->listed;

    for (; l->record.frame < frame; vrf_listed_next(l)) {
        m->report.part = (uint32_t)l->capture;
        vrf_json_format.authenticator(&m->report, &l->record);
    }
}

/* Print what the events list before a record of a report; a verdict takes the place of theirs. */
static void
put_listed_before(struct merge *m, const struct vrf_position *position)
{
    put_listed(m, position->frame);
    if (m->listed.record.frame != position->frame)
        return;
    if (position->kind == VRF_RECORD_AUTHENTICATOR)
        vrf_listed_next(&m->listed);
    else if (position->kind > VRF_RECORD_AUTHENTICATOR)
        put_listed(m, position->frame + 1);
}

/* Print all records, including those that were decided here. */
static bool
put_records(struct merge *m)
{
    struct vrf_tournament t;
    guint decided = 0;
    bool good = true;

    for (unsigned i = 0; i < m->all.n; i++)
        if (!next_decided(m, &m->parts[i]))
            return false;
    vrf_tournament_begin(&t, m->parts, m->all.n);
    while (good) {
        unsigned i = vrf_tournament_first(&t);
        struct vrf_part_report *p = i < m->all.n ? &m->parts[i] : NULL;
        struct vrf_record *r =
            decided < m->decided->len ? g_ptr_array_index(m->decided, decided) : NULL;

        if (p == NULL && r == NULL)
            break;
        if (r != NULL && (p == NULL || is_earlier(r, &p->position))) {
            put_listed(m, r->frame + 1);
            put_decided(m, r);
            decided++;
            continue;
        }
        put_listed_before(m, &p->position);
        put_record(m, p);
        good = next_decided(m, p);
        vrf_tournament_go_on(&t);
    }
    vrf_tournament_end(&t);
    if (good)
        put_listed(m, UINT64_MAX);
    return good && vrf_listed_is_valid(&m->listed);
}

/* Set up the report for running numbers with VRF_CAPTURE_SHIFT. */
static void
begin_report(struct merge *m)
{
    struct vrf_report *r = &m->report;

    r->o = m->o;
    vrf_out_init(&r->out, m->o->quiet ? -1 : STDOUT_FILENO);
    r->names = (const char **)m->all.shown;
    r->n_begun = (unsigned)m->all.n_names;
    for (size_t i = 0; i < m->all.n_names; i++) {
        uint64_t base = ((uint64_t)i + 1) << VRF_CAPTURE_SHIFT;

        *VRF_ARRAY_ADD(&r->parts) =
            (struct vrf_part){ .before = base, .shift = -base, .file = (unsigned)i };
    }
}

static void
end_merge(struct merge *m)
{
    for (unsigned i = 0; i < m->all.n; i++)
        vrf_part_end(&m->parts[i]);
    g_free(m->parts);
    g_free(m->all.captures);
    g_free(m->all.made);
    g_free(m->all.options);
    g_free(m->all.events);
    vrf_listed_end(&m->listed);
    g_ptr_array_free(m->folders, TRUE);
    for (size_t i = 0; i < m->all.n_associations; i++)
        g_free((char *)m->all.associations[i].name);
    g_free(m->all.associations);
    g_clear_pointer(&m->all.by_name, g_hash_table_destroy);
    g_free(m->all.names);
    g_strfreev(m->all.shown);
    g_ptr_array_free(m->decided, TRUE);
    vrf_sum_free(m->sum);
    g_hash_table_destroy(m->weak);
    g_free(m->report.parts.at);
    vrf_forms_clear(&m->report.forms);
}

static bool
merge(struct merge *m)
{
    bool *seen = g_new0(bool, m->all.n);
    bool good = true;

    for (unsigned i = 0; i < m->all.n; i++) {
        good = vrf_part_begin(&m->all, &m->parts[i], seen) && good;
    }
    g_free(seen);
    m->config.ack_timeout = m->all.ack_timeout;
    if (!good || !vrf_agrees(&m->all, m->o, m->parts[0].path) || !read_through(m) ||
        !vrf_listed_begin(&m->listed, &m->all, (const char *const *)m->folders->pdata,
            m->folders->len, m->parts[0].path))
        return false;
    for (int i = MIPRO_NOTE; i <= MIPRO_ERROR; i++)
        vrf_sum_count(
            m->sum, "findings", mipro_severity_name((enum mipro_severity)i), -m->open_findings[i]);
    for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++) {
        int64_t n = -m->open_undecided[i];

        for (unsigned rule = 0; rule < MIPRO_RULES; rule++)
            n += (int64_t)m->undecided[rule][i];
        vrf_sum_count(m->sum, "undecided", mipro_undecided_name(i), n);
    }
    vrf_sum_count(m->sum, "", "dropped", (int64_t)m->dropped);
    begin_report(m);
    if (!put_records(m))
        return false;
    vrf_sum_put(m->sum, &m->report.out);
    return true;
}

enum vrf_status
vrf_merge(const struct vrf_options *o)
{
    struct vrf_result result = { 0 };
    struct merge m = { .o = o };

    m.folders = g_ptr_array_new();
    m.parts = g_new0(struct vrf_part_report, o->n_files);
    for (unsigned i = 0; i < o->n_files; i++)
        if (g_file_test(o->files[i], G_FILE_TEST_IS_DIR))
            g_ptr_array_add(m.folders, (gpointer)o->files[i]);
        else
            m.parts[m.all.n++].path = o->files[i];
    if (m.all.n == 0)
        vrf_reproach("--merge: no report of a part given");
    m.decided = g_ptr_array_new_with_free_func(free_record);
    m.sum = vrf_sum_new();
    m.weak = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    m.config = mipro_conduct_defaults();
    result.unread = !merge(&m);
    vrf_out_flush(&m.report.out);
    if (m.report.out.error != 0) {
        if (m.report.out.error != EPIPE)
            vrf_warn("standard output: %s", strerror(m.report.out.error));
        result.output_error = m.report.out.error;
    }
    if (!result.unread)
        vrf_sum_judge(m.sum, m.all.strict, &result);
    end_merge(&m);
    return vrf_result_status(o, &result);
}
