/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/part.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "mipro_mix.h"
#include "warn.h"

/* ---- lines ---- */

struct vrf_slice
vrf_part_line(const struct vrf_part_report *p)
{
    return (struct vrf_slice){ p->line.octets, p->line.n - 1 };
}

bool
vrf_part_fault(const struct vrf_part_report *p, const char *text)
{
    vrf_warn("%s: %s", p->path, text);
    return false;
}

/* Report why there is no line; returns false. */
static bool
no_line(const struct vrf_part_report *p)
{
    return vrf_part_fault(p, p->input.error != 0
                                 ? strerror(p->input.error)
                                 : "ends without a summary: the part was not judged to its end");
}

/* The line that was read before goes into the digest: of the last one, the end does not. */
static bool
next_line(struct vrf_part_report *p)
{
    if (!p->rewound)
        vrf_digest_add(&p->digest, p->line.octets, p->line.n);
    return vrf_lines_next(&p->input, &p->line);
}

static bool
is_compact(const struct vrf_part_report *p)
{
    return p->line.octets[0] == VRF_COMPACT_MARK;
}

/* The next line that is not a compact record. */
static bool
next_text(struct vrf_part_report *p)
{
    do {
        if (!next_line(p))
            return false;
        if (is_compact(p)) {
            vrf_digest_add(&p->digest, p->line.octets, p->line.n);
            p->line = vrf_lines_skip_compact(&p->input);
        }
    } while (p->line.n == 0 || is_compact(p));
    return true;
}

/* Does the current line end with the checksum of all before that? */
static bool
is_unaltered(const struct vrf_part_report *p)
{
    struct vrf_digest digest = p->digest;
    char tail[VRF_DIGEST_TAIL + 1];

    if (p->line.n < VRF_DIGEST_TAIL)
        return false;
    vrf_digest_add(&digest, p->line.octets, p->line.n - VRF_DIGEST_TAIL);
    vrf_digest_tail(&digest, tail);
    return memcmp(p->line.octets + p->line.n - VRF_DIGEST_TAIL, tail, VRF_DIGEST_TAIL) == 0;
}

bool
vrf_part_is_done(struct vrf_part_report *p)
{
    struct vrf_slice line;

    if (!is_unaltered(p))
        return vrf_part_fault(p, "is damaged: its checksum does not match its content");
    if (vrf_lines_next(&p->input, &line) || p->input.from != p->input.to)
        return vrf_part_fault(p, "continues after its summary");
    return p->input.error == 0 || no_line(p);
}

bool
vrf_part_rewind(struct vrf_part_report *p)
{
    int error = vrf_input_rewind(&p->input);

    p->capture = 0;
    p->ended = false;
    p->rewound = true;
    if (error == 0)
        return next_line(p) || no_line(p);
    return vrf_part_fault(p, strerror(error));
}

void
vrf_part_end(struct vrf_part_report *p)
{
    vrf_input_close(&p->input);
    g_free(p->position.text);
    p->position.text = NULL;
}

/* ---- the parts ---- */

static guint
hash_slice(gconstpointer p)
{
    const struct vrf_slice *s = p;

    return (guint)mipro_mix_octets((const uint8_t *)s->octets, s->n);
}

static gboolean
equal_slices(gconstpointer a, gconstpointer b)
{
    return vrf_slice_equal(*(const struct vrf_slice *)a, *(const struct vrf_slice *)b);
}

/* Running numbers cannot distinguish more. */
#define MOST_CAPTURES (UINT64_MAX >> VRF_CAPTURE_SHIFT)

static bool
take_names(struct vrf_parts *parts, const struct vrf_part_report *p, struct vrf_slice captures)
{
    GArray *names = g_array_new(FALSE, FALSE, sizeof(struct vrf_slice));
    GPtrArray *shown = g_ptr_array_new();
    struct vrf_slice own, name;

    parts->captures = g_strndup(captures.octets, captures.n);
    own = (struct vrf_slice){ parts->captures, captures.n };
    for (size_t at = 0; vrf_slice_element(own, &at, &name);) {
        char *text = vrf_slice_string(name);

        if (text == NULL)
            break;
        g_array_append_val(names, name);
        g_ptr_array_add(shown, text);
    }
    parts->n_names = names->len;
    g_ptr_array_add(shown, NULL);
    parts->names = (struct vrf_slice *)g_array_free(names, FALSE);
    parts->shown = (char **)g_ptr_array_free(shown, FALSE);
    parts->by_name = g_hash_table_new(hash_slice, equal_slices);
    for (size_t i = 0; i < parts->n_names; i++)
        g_hash_table_add(parts->by_name, &parts->names[i]);
    if (parts->n_names == 0)
        return vrf_part_fault(p, "names no capture");
    return parts->n_names < MOST_CAPTURES || vrf_part_fault(p, "names too many captures");
}

/* The names of associations, which are the same in all parts that have them. */
static void
take_associations(struct vrf_parts *parts, struct vrf_slice associations)
{
    GArray *list;
    struct vrf_slice name;

    if (associations.octets == NULL || parts->associations != NULL)
        return;
    list = g_array_new(FALSE, TRUE, sizeof(struct mipro_association));
    for (size_t at = 0; vrf_slice_element(associations, &at, &name);) {
        struct mipro_association one = { .name = vrf_slice_string(name) };

        if (one.name == NULL)
            break;
        g_array_append_val(list, one);
    }
    parts->n_associations = list->len;
    parts->associations = (struct mipro_association *)g_array_free(list, FALSE);
}

static void
take_rules(struct vrf_parts *parts, struct vrf_slice rules)
{
    struct vrf_slice rule;

    for (size_t at = 0; vrf_slice_element(rules, &at, &rule);) {
        char *id = vrf_slice_string(rule);
        enum mipro_rule known = id != NULL ? mipro_rule_by_id(id) : MIPRO_RULES;

        if (known != MIPRO_RULES)
            parts->rules[known] = true;
        g_free(id);
    }
}

/* Check that captures, keys and options are the same in all parts; report a difference. */
static bool
is_alike(struct vrf_parts *parts, const struct vrf_part_report *p, struct vrf_slice line)
{
    struct vrf_slice captures = vrf_slice_find(line, "captures"),
                     made = vrf_slice_find(line, "made"), options = vrf_slice_find(line, "options");
    const bool without_good = vrf_slice_find(line, "without_good").octets != NULL;

    if (parts->captures == NULL) {
        parts->made = g_strndup(made.octets, made.n);
        parts->options = g_strndup(options.octets, options.n);
        parts->strict = vrf_slice_find(line, "strict").octets != NULL;
        parts->without_good = without_good;
        take_rules(parts, vrf_slice_find(line, "rules"));
        return take_names(parts, p, captures);
    }
    if (!vrf_slice_equal(captures, (struct vrf_slice){ parts->captures, strlen(parts->captures) }))
        return vrf_part_fault(p, "is for other captures than the other parts");
    return (vrf_slice_equal(made, (struct vrf_slice){ parts->made, strlen(parts->made) }) &&
               without_good == parts->without_good) ||
           vrf_part_fault(p, "was made with different keys or options than the other parts");
}

/* Which events have what a compact report leaves out; they are the same for all such parts. */
static bool
take_events(struct vrf_parts *parts, const struct vrf_part_report *p, struct vrf_slice events)
{
    if (events.octets == NULL)
        return true;
    if (parts->events == NULL)
        parts->events = g_strndup(events.octets, events.n);
    return vrf_slice_equal(events, (struct vrf_slice){ parts->events, strlen(parts->events) }) ||
           vrf_part_fault(p, "was made from other events than the other parts");
}

/* The first line has the number of the part; all parts are of the same captures. */
bool
vrf_part_begin(struct vrf_parts *parts, struct vrf_part_report *p, bool *seen)
{
    int error = vrf_input_open(&p->input, p->path, 0);
    struct vrf_slice line;
    uint64_t k, n, version;
    int64_t timeout, tolerance;

    if (error != 0)
        return vrf_part_fault(p, vrf_input_fault(error));
    if (!next_line(p) || !vrf_slice_is_object(line = vrf_part_line(p)) ||
        !vrf_slice_is(vrf_slice_find(line, "record"), "shard") ||
        !vrf_slice_number(vrf_slice_find(line, "shard"), &k) ||
        !vrf_slice_number(vrf_slice_find(line, "of"), &n) ||
        !vrf_slice_signed(vrf_slice_find(line, "ack_timeout"), &timeout) ||
        !vrf_slice_signed(vrf_slice_find(line, "tolerance"), &tolerance) ||
        !vrf_slice_number(vrf_slice_find(line, "version"), &version) ||
        vrf_slice_find(line, "made").octets == NULL || k == 0 || k > n)
        return vrf_part_fault(p,
            p->input.error != 0 ? strerror(p->input.error)
                                : "is damaged, or not the report of a part (-o json --shard=K/N)");
    if (version != VRF_PART_VERSION || /* whose checksum may be another */
        !vrf_slice_is(vrf_slice_find(line, "program"), MIPRO_VERSION))
        return vrf_part_fault(p, "was written by another version of mipro-verify");
    if (!is_unaltered(p))
        return vrf_part_fault(p, "is damaged: its first line was altered");
    if (n != parts->n) {
        vrf_warn("%s: is part %" PRIu64 " of %" PRIu64 ", but %u %s given", p->path, k, n, parts->n,
            parts->n == 1 ? "part was" : "parts were");
        return false;
    }
    if (seen[k - 1]) {
        vrf_warn("%s: part %" PRIu64 " is given twice", p->path, k);
        return false;
    }
    seen[k - 1] = true;
    vrf_compact_begin(&p->record);
    parts->ack_timeout = timeout;
    parts->tolerance = tolerance;
    take_associations(parts, vrf_slice_find(line, "associations"));
    return is_alike(parts, p, line) && take_events(parts, p, vrf_slice_find(line, "events"));
}

/* ---- the position of a record ---- */

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

/* The capture of a record; if it is not listed, the one of the previous record. */
static size_t
capture_of(const struct vrf_parts *parts, const struct vrf_part_report *p, struct vrf_slice file)
{
    const struct vrf_slice *name;

    if (file.octets == NULL || vrf_slice_equal(parts->names[p->capture], file))
        return p->capture;
    name = g_hash_table_lookup(parts->by_name, &file);
    return name != NULL ? (size_t)(name - parts->names) : p->capture;
}

enum member { RECORD, FILE_NAME, FRAME, RULE, TEXT, OPEN, MEMBERS };
static const char *const members[MEMBERS] = { "record", "file", "frame", "rule", "text", "open" };

static bool
find_place(const struct vrf_parts *parts, struct vrf_part_report *p,
    const struct vrf_slice values[MEMBERS])
{
    const size_t capture = capture_of(parts, p, values[FILE_NAME]);
    uint64_t frame;

    if (!vrf_slice_number(values[FRAME], &frame) || frame >> VRF_CAPTURE_SHIFT != 0)
        return false;
    g_free(p->position.text);
    p->position = (struct vrf_position){
        .frame = ((uint64_t)capture + 1) << VRF_CAPTURE_SHIFT | frame,
        .kind = kind_of(values[RECORD]),
    };
    if (p->position.kind != VRF_RECORD_OPEN)
        p->capture = capture;
    p->open = values[OPEN].octets != NULL;
    if (values[RULE].octets != NULL) {
        char *id = vrf_slice_string(values[RULE]);

        p->position.rule = id != NULL ? mipro_rule_by_id(id) : MIPRO_RULES;
        p->position.text = vrf_slice_string(values[TEXT]);
        g_free(id);
    }
    return true;
}

/* Of a verdict. */
static void
set_position(struct vrf_part_report *p, uint64_t frame)
{
    p->position.frame = frame;
    p->position.kind = VRF_RECORD_AUTHENTICATOR;
    p->position.rule = 0;
    if (p->position.text != NULL)
        g_clear_pointer(&p->position.text, g_free);
    p->open = false;
}

static const char verdict_start[] = "{\"record\":\"authenticator\",\"file\":";

/*
 * Nearly all lines are verdicts that begin as json.c writes them.  Their position is determined
 * from the beginning alone, and the rest is copied unparsed.  False: the line must be parsed.
 */
static bool
find_position_of_verdict(const struct vrf_parts *parts, struct vrf_part_report *p)
{
    const struct vrf_slice line = vrf_part_line(p);
    const size_t start = sizeof(verdict_start) - 1;
    struct vrf_slice file = parts->names[p->capture], rest;
    uint64_t frame;

    if (line.n < start || memcmp(line.octets, verdict_start, start) != 0)
        return false;
    rest = (struct vrf_slice){ line.octets + start, line.n - start };
    if (!vrf_slice_begins(rest, file)) {
        if (p->capture + 1 == parts->n_names)
            return false;
        file = parts->names[p->capture + 1];
        if (!vrf_slice_begins(rest, file))
            return false;
        p->capture++;
    }
    rest = (struct vrf_slice){ rest.octets + file.n, rest.n - file.n };
    if (!vrf_slice_frame(rest, &frame) || frame >> VRF_CAPTURE_SHIFT != 0)
        return false;
    set_position(p, ((uint64_t)p->capture + 1) << VRF_CAPTURE_SHIFT | frame);
    return true;
}

static bool
take_compact(const struct vrf_parts *parts, struct vrf_part_report *p)
{
    uint64_t frame;
    uint32_t capture;

    if (!vrf_compact_get(p->line.octets, &p->record, &capture, &frame, parts->associations,
            parts->n_associations) ||
        capture >= parts->n_names || frame >> VRF_CAPTURE_SHIFT != 0)
        return vrf_part_fault(p, "has a compact record that cannot be read");
    p->record.frame = ((uint64_t)capture + 1) << VRF_CAPTURE_SHIFT | frame;
    set_position(p, p->record.frame);
    p->capture = capture;
    p->is_compact = true;
    return true;
}

/* Read the next line, of any kind. */
static bool
take_line(const struct vrf_parts *parts, struct vrf_part_report *p)
{
    struct vrf_slice values[MEMBERS];

    if (!vrf_slice_take(vrf_part_line(p), members, values, MEMBERS))
        return vrf_part_fault(p, "has a line that is not a record");
    p->ended = vrf_slice_is(values[RECORD], "summary");
    if (p->ended || find_place(parts, p, values))
        return true;
    return vrf_part_fault(p, "has a line that is not a record");
}

bool
vrf_part_next(const struct vrf_parts *parts, struct vrf_part_report *p)
{
    if (p->rewound && vrf_lines_has_compact(&p->input))
        p->line = vrf_lines_take_compact(&p->input);
    else if (!next_line(p))
        return no_line(p);
    if (is_compact(p))
        return take_compact(parts, p);
    p->is_compact = false;
    return find_position_of_verdict(parts, p) || take_line(parts, p);
}

bool
vrf_part_next_other(const struct vrf_parts *parts, struct vrf_part_report *p)
{
    const size_t start = sizeof(verdict_start) - 1;

    do
        if (!next_text(p))
            return no_line(p);
    while (p->line.n > start && memcmp(p->line.octets, verdict_start, start) == 0);
    return take_line(parts, p);
}

int
vrf_position_compare(const struct vrf_position *a, const struct vrf_position *b)
{
    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    return g_strcmp0(a->text, b->text);
}
