/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/merge.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "merge/line.h"
#include "merge/sum.h"
#include "mipro_namesake.h"
#include "report/report.h"
#include "warn.h"

/* Frames of all captures are numbered through: the capture above, its own frame below. */
#define CAPTURE_SHIFT 40

/* Where a record comes in the report. */
struct place {
    uint64_t frame; /* numbered through */
    unsigned kind;  /* enum vrf_record_kind */
    unsigned rule;
    char *text; /* of a finding; else NULL */
};

/* The report of a part. */
struct part {
    const char *path;
    FILE *file;
    char *line; /* without its end */
    size_t room;
    size_t n;
    size_t capture; /* that the last record was about */
    struct place place;
    bool open;  /* another part may have what belongs to the record */
    bool ended; /* the summary is at hand */
};

struct merge {
    const struct vrf_options *o;
    struct part *parts;
    unsigned n;
    char *captures; /* as the parts list them */
    char **names;   /* the same, one by one: as they stand in a record, */
    char **shown;   /* and as they are */
    size_t n_names;
    struct mipro_conduct_config config;
    bool rules[MIPRO_RULES];
    GPtrArray *decided; /* struct vrf_record */
    uint64_t undecided[MIPRO_RULES][MIPRO_UNDECIDED_REASONS];
    int64_t open_findings[MIPRO_ERROR + 1], open_undecided[MIPRO_UNDECIDED_REASONS];
    struct vrf_sum *sum;
    GHashTable *weak; /* the texts of key-weak */
    struct vrf_report report;
};

/* ---- lines ---- */

/* False at the end of the file. */
static bool
read_line(struct part *p)
{
    ssize_t n = getline(&p->line, &p->room, p->file);

    if (n <= 0 || p->line[n - 1] != '\n')
        return false;
    p->line[--n] = '\0';
    p->n = (size_t)n;
    return true;
}

static struct vrf_slice
line_of(const struct part *p)
{
    return (struct vrf_slice){ p->line, p->n };
}

static bool
fault(const struct part *p, const char *text)
{
    vrf_warn("%s: %s", p->path, text);
    return false;
}

/* ---- which parts there are ---- */

static bool
take_names(struct merge *m, const struct part *p, struct vrf_slice captures)
{
    GPtrArray *names = g_ptr_array_new(), *shown = g_ptr_array_new();
    struct vrf_slice name;

    for (size_t at = 0; vrf_line_element(captures, &at, &name);) {
        char *text = vrf_slice_string(name);

        if (text == NULL)
            break;
        g_ptr_array_add(names, g_strndup(name.octets, name.n));
        g_ptr_array_add(shown, text);
    }
    m->n_names = names->len;
    g_ptr_array_add(names, NULL);
    g_ptr_array_add(shown, NULL);
    m->names = (char **)g_ptr_array_free(names, FALSE);
    m->shown = (char **)g_ptr_array_free(shown, FALSE);
    m->captures = g_strndup(captures.octets, captures.n);
    return m->n_names != 0 || fault(p, "names no capture");
}

static void
take_rules(struct merge *m, struct vrf_slice rules)
{
    struct vrf_slice rule;

    for (size_t at = 0; vrf_line_element(rules, &at, &rule);) {
        char *id = vrf_slice_string(rule);
        enum mipro_rule known = id != NULL ? mipro_rule_by_id(id) : MIPRO_RULES;

        if (known != MIPRO_RULES)
            m->rules[known] = true;
        g_free(id);
    }
}

/* The first line says which part it is; all are of the same captures. */
static bool
begin_part(struct merge *m, struct part *p, bool *seen)
{
    struct vrf_slice line, captures;
    uint64_t k, n;
    int64_t timeout;

    p->file = fopen(p->path, "re");
    if (p->file == NULL)
        return fault(p, strerror(errno));
    if (!read_line(p) || !vrf_line_is_object(line = line_of(p)) ||
        !vrf_slice_is(vrf_line_find(line, "record"), "shard") ||
        !vrf_slice_number(vrf_line_find(line, "shard"), &k) ||
        !vrf_slice_number(vrf_line_find(line, "of"), &n) ||
        !vrf_slice_signed(vrf_line_find(line, "ack_timeout"), &timeout) || k == 0 || k > n)
        return fault(p, "is not the report of a part (-o json --shard=K/N)");
    captures = vrf_line_find(line, "captures");
    if (n != m->n) {
        vrf_warn("%s: is part %" PRIu64 " of %" PRIu64 ", and %u %s given", p->path, k, n, m->n,
            m->n == 1 ? "is" : "are");
        return false;
    }
    if (seen[k - 1]) {
        vrf_warn("%s: part %" PRIu64 " is given twice", p->path, k);
        return false;
    }
    seen[k - 1] = true;
    m->config.ack_timeout = timeout;
    if (m->captures == NULL) {
        take_rules(m, vrf_line_find(line, "rules"));
        return take_names(m, p, captures);
    }
    return (strlen(m->captures) == captures.n &&
               memcmp(m->captures, captures.octets, captures.n) == 0) ||
           fault(p, "is about other captures than the other parts");
}

/* ---- the place of a record ---- */

static enum vrf_record_kind
kind_of(struct vrf_slice record)
{
    if (vrf_slice_is(record, "authenticator"))
        return VRF_RECORD_AUTHENTICATOR;
    if (vrf_slice_is(record, "finding"))
        return VRF_RECORD_FINDING;
    if (vrf_slice_is(record, "open"))
        return VRF_RECORD_OPEN;
    return VRF_RECORD_BROKEN;
}

/*
 * Records are in capture order, so the capture is that of the last record or a later one.  Only
 * what was left open may come late, and be about an earlier one.
 */
static size_t
capture_of(const struct merge *m, const struct part *p, struct vrf_slice file)
{
    for (size_t n = 0; n < m->n_names; n++) {
        size_t i = (p->capture + n) % m->n_names;

        if (strlen(m->names[i]) == file.n && memcmp(m->names[i], file.octets, file.n) == 0)
            return i;
    }
    return p->capture;
}

enum member { RECORD, FILE_NAME, FRAME, RULE, TEXT, OPEN, MEMBERS };
static const char *const members[MEMBERS] = { "record", "file", "frame", "rule", "text", "open" };

static bool
find_place(const struct merge *m, struct part *p, const struct vrf_slice values[MEMBERS])
{
    const size_t capture = capture_of(m, p, values[FILE_NAME]);
    uint64_t frame;

    if (!vrf_slice_number(values[FRAME], &frame) || frame >> CAPTURE_SHIFT != 0)
        return false;
    g_free(p->place.text);
    p->place = (struct place){
        .frame = ((uint64_t)capture + 1) << CAPTURE_SHIFT | frame,
        .kind = kind_of(values[RECORD]),
    };
    if (p->place.kind != VRF_RECORD_OPEN)
        p->capture = capture;
    p->open = values[OPEN].octets != NULL;
    if (values[RULE].octets != NULL) {
        char *id = vrf_slice_string(values[RULE]);

        p->place.rule = id != NULL ? mipro_rule_by_id(id) : MIPRO_RULES;
        p->place.text = vrf_slice_string(values[TEXT]);
        g_free(id);
    }
    return true;
}

/* The next record of a part.  False: what is in its place is none. */
static bool
next_record(const struct merge *m, struct part *p)
{
    struct vrf_slice values[MEMBERS];

    if (!read_line(p) || !vrf_line_take(line_of(p), members, values, MEMBERS))
        return fault(p, "ends without a summary: the part was not judged to its end");
    p->ended = vrf_slice_is(values[RECORD], "summary");
    if (p->ended || find_place(m, p, values))
        return true;
    return fault(p, "has a line that is not a record");
}

static int
compare_places(const struct place *a, const struct place *b)
{
    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    return g_strcmp0(a->text, b->text);
}

/* ---- what was left open ---- */

static void
take_related(const struct merge *m, struct mipro_finding *f, struct vrf_slice related)
{
    struct vrf_slice value;
    uint64_t capture, number;

    for (size_t at = 0; vrf_line_element(related, &at, &value);) {
        if (!vrf_slice_number(value, &capture) || !vrf_line_element(related, &at, &value) ||
            !vrf_slice_number(value, &number) || capture >= m->n_names)
            return;
        mipro_finding_relate(f, (capture + 1) << CAPTURE_SHIFT | number);
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

/* What the part counts as if no other had what belongs to it: that is decided here. */
static void
note_open(struct merge *m, struct vrf_slice line, enum mipro_undecided undecided)
{
    struct vrf_slice severity = vrf_line_find(line, "severity");

    for (int i = MIPRO_NOTE; i <= MIPRO_ERROR; i++)
        m->open_findings[i] += vrf_slice_is(severity, mipro_severity_name((enum mipro_severity)i));
    if (severity.octets == NULL && undecided < MIPRO_UNDECIDED_REASONS)
        m->open_undecided[undecided]++;
}

static bool
take_open(struct merge *m, struct namesakes *namesakes, const struct part *p)
{
    struct vrf_slice line = line_of(p), how = vrf_line_find(line, "open");
    char *ident = vrf_slice_string(vrf_line_find(how, "identification"));
    char *time = vrf_slice_string(vrf_line_find(line, "time"));
    struct mipro_open open = {
        .answers = vrf_slice_is(vrf_line_find(how, "is"), "answer"),
        .says = p->place.kind == VRF_RECORD_FINDING,
        .undecided = reason_of(vrf_line_find(line, "undecided")),
        .ident = ident != NULL ? g_ascii_strtoull(ident, NULL, 16) : 0,
        .finding = { .rule = (enum mipro_rule)p->place.rule,
            .frame = p->place.frame,
            .has_home = true,
            .time = MIPRO_TIME_NONE },
    };
    struct mipro_finding *f = &open.finding;
    uint64_t message;
    bool good = ident != NULL && p->place.rule < MIPRO_RULES &&
                vrf_slice_signed(vrf_line_find(how, "clock"), &open.time) &&
                vrf_slice_address(vrf_line_find(line, "source"), &f->src) &&
                vrf_slice_address(vrf_line_find(line, "destination"), &f->dst) &&
                vrf_slice_address(vrf_line_find(line, "home"), &f->home) &&
                vrf_slice_number(vrf_line_find(line, "message"), &message) && message < 256;

    if (good) {
        f->message = (uint8_t)message;
        if (time != NULL && !mipro_time_parse(time, strlen(time), &f->time))
            f->time = MIPRO_TIME_NONE;
        take_related(m, f, vrf_line_find(how, "related"));
        if (open.says && p->place.text != NULL)
            mipro_finding_appendf(f, "%s", p->place.text);
        note_open(m, line, open.undecided);
        mipro_namesakes_add(namesakes, &open);
    }
    g_free(ident);
    g_free(time);
    return good || fault(p, "has a line that is not a record");
}

static void
take_decided(void *ctx, const struct mipro_finding *f)
{
    struct merge *m = ctx;
    struct vrf_record *r;

    if (!m->rules[f->rule])
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

/* All that any part left open, and all summaries. */
static bool
read_through(struct merge *m)
{
    const struct mipro_conduct_sink sink = { m, take_decided, NULL, NULL };
    struct namesakes *namesakes = mipro_namesakes_new(&m->config, &sink, m->undecided);
    bool good = namesakes != NULL;

    for (unsigned i = 0; i < m->n && good; i++) {
        struct part *p = &m->parts[i];

        while ((good = next_record(m, p)) && !p->ended)
            if (p->open && !(good = take_open(m, namesakes, p)))
                break;
        if (good && !vrf_sum_add(m->sum, line_of(p)))
            good = fault(p, "has a summary that cannot be read");
        if (good && read_line(p))
            good = fault(p, "goes on after its summary");
        rewind(p->file);
        p->capture = 0;
        good = good && read_line(p); /* the first line again */
    }
    if (good)
        mipro_namesakes_end(namesakes);
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

/* A key is found weak once. */
static bool
is_double(struct merge *m, const struct part *p)
{
    char *severity;

    if (p->place.kind != VRF_RECORD_FINDING || p->place.rule != MIPRO_RULE_KEY_WEAK ||
        p->place.text == NULL || g_hash_table_add(m->weak, g_strdup(p->place.text)))
        return false;
    severity = vrf_slice_string(vrf_line_find(line_of(p), "severity"));
    if (severity != NULL)
        vrf_sum_count(m->sum, "findings", severity, -1);
    g_free(severity);
    return true;
}

static void
put_record(struct merge *m, const struct part *p)
{
    if (is_double(m, p))
        return;
    vrf_put_octets(&m->report.out, p->line, p->n);
    vrf_put(&m->report.out, "\n");
}

/* The part whose record is next, or NULL. */
static struct part *
first_part(struct merge *m)
{
    struct part *first = NULL;

    for (unsigned i = 0; i < m->n; i++) {
        struct part *p = &m->parts[i];

        if (!p->ended && (first == NULL || compare_places(&p->place, &first->place) < 0))
            first = p;
    }
    return first;
}

/* The next one that is printed: what was open is decided by now, and out of order. */
static bool
next_decided(const struct merge *m, struct part *p)
{
    do {
        if (!next_record(m, p))
            return false;
    } while (!p->ended && p->open);
    return true;
}

static bool
put_records(struct merge *m)
{
    guint decided = 0;

    for (unsigned i = 0; i < m->n; i++)
        if (!next_decided(m, &m->parts[i]))
            return false;
    for (;;) {
        struct part *p = first_part(m);
        struct vrf_record *r =
            decided < m->decided->len ? g_ptr_array_index(m->decided, decided) : NULL;
        struct place place = { 0 };

        if (p == NULL && r == NULL)
            return true;
        if (r != NULL)
            place = (struct place){ r->frame, r->kind, r->finding->rule, r->finding->text };
        if (r != NULL && (p == NULL || compare_places(&place, &p->place) < 0)) {
            put_decided(m, r);
            decided++;
            continue;
        }
        put_record(m, p);
        if (!next_decided(m, p))
            return false;
    }
}

/* Running numbers as the report takes them apart: see CAPTURE_SHIFT. */
static void
begin_report(struct merge *m)
{
    struct vrf_report *r = &m->report;

    r->o = m->o;
    vrf_out_init(&r->out, m->o->quiet ? -1 : STDOUT_FILENO);
    r->names = (const char **)m->shown;
    r->n_begun = (unsigned)m->n_names;
    for (size_t i = 0; i < m->n_names; i++) {
        uint64_t base = ((uint64_t)i + 1) << CAPTURE_SHIFT;

        *VRF_ARRAY_ADD(&r->parts) =
            (struct vrf_part){ .before = base, .shift = -base, .file = (unsigned)i };
    }
}

static void
end_merge(struct merge *m)
{
    for (unsigned i = 0; i < m->n; i++) {
        if (m->parts[i].file != NULL)
            (void)fclose(m->parts[i].file);
        free(m->parts[i].line);
        g_free(m->parts[i].place.text);
    }
    g_free(m->parts);
    g_free(m->captures);
    g_strfreev(m->names);
    g_strfreev(m->shown);
    g_ptr_array_free(m->decided, TRUE);
    vrf_sum_free(m->sum);
    g_hash_table_destroy(m->weak);
    g_free(m->report.parts.at);
}

static bool
merge(struct merge *m)
{
    bool *seen = g_new0(bool, m->n);
    bool good = true;

    for (unsigned i = 0; i < m->n; i++) {
        m->parts[i].path = m->o->files[i];
        good = begin_part(m, &m->parts[i], seen) && good;
    }
    g_free(seen);
    if (!good || !read_through(m))
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
    struct merge m = { .o = o, .n = o->n_files };

    m.parts = g_new0(struct part, m.n);
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
        vrf_sum_judge(m.sum, o, &result);
    end_merge(&m);
    return vrf_result_status(o, &result);
}
