/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "merge/part.h"

#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <string.h>

#include "warn.h"

/* ---- lines ---- */

/* False at the end of the file. */
bool
vrf_part_read(struct vrf_part_report *p)
{
    ssize_t n = getline(&p->line, &p->room, p->file);

    if (n <= 0 || p->line[n - 1] != '\n')
        return false;
    p->line[--n] = '\0';
    p->n = (size_t)n;
    return true;
}

struct vrf_slice
vrf_part_line(const struct vrf_part_report *p)
{
    return (struct vrf_slice){ p->line, p->n };
}

bool
vrf_part_fault(const struct vrf_part_report *p, const char *text)
{
    vrf_warn("%s: %s", p->path, text);
    return false;
}

/* ---- which parts there are ---- */

static bool
take_names(struct vrf_parts *parts, const struct vrf_part_report *p, struct vrf_slice captures)
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
    parts->n_names = names->len;
    g_ptr_array_add(names, NULL);
    g_ptr_array_add(shown, NULL);
    parts->names = (char **)g_ptr_array_free(names, FALSE);
    parts->shown = (char **)g_ptr_array_free(shown, FALSE);
    parts->captures = g_strndup(captures.octets, captures.n);
    return parts->n_names != 0 || vrf_part_fault(p, "names no capture");
}

static void
take_rules(struct vrf_parts *parts, struct vrf_slice rules)
{
    struct vrf_slice rule;

    for (size_t at = 0; vrf_line_element(rules, &at, &rule);) {
        char *id = vrf_slice_string(rule);
        enum mipro_rule known = id != NULL ? mipro_rule_by_id(id) : MIPRO_RULES;

        if (known != MIPRO_RULES)
            parts->rules[known] = true;
        g_free(id);
    }
}

/* The first line says which part it is; all are of the same captures. */
bool
vrf_part_begin(struct vrf_parts *parts, struct vrf_part_report *p, bool *seen)
{
    struct vrf_slice line, captures;
    uint64_t k, n;
    int64_t timeout;

    p->file = fopen(p->path, "re");
    if (p->file == NULL)
        return vrf_part_fault(p, strerror(errno));
    if (!vrf_part_read(p) || !vrf_line_is_object(line = vrf_part_line(p)) ||
        !vrf_slice_is(vrf_line_find(line, "record"), "shard") ||
        !vrf_slice_number(vrf_line_find(line, "shard"), &k) ||
        !vrf_slice_number(vrf_line_find(line, "of"), &n) ||
        !vrf_slice_signed(vrf_line_find(line, "ack_timeout"), &timeout) || k == 0 || k > n)
        return vrf_part_fault(p, "is not the report of a part (-o json --shard=K/N)");
    captures = vrf_line_find(line, "captures");
    if (n != parts->n) {
        vrf_warn("%s: is part %" PRIu64 " of %" PRIu64 ", and %u %s given", p->path, k, n, parts->n,
            parts->n == 1 ? "is" : "are");
        return false;
    }
    if (seen[k - 1]) {
        vrf_warn("%s: part %" PRIu64 " is given twice", p->path, k);
        return false;
    }
    seen[k - 1] = true;
    parts->ack_timeout = timeout;
    if (parts->captures == NULL) {
        take_rules(parts, vrf_line_find(line, "rules"));
        return take_names(parts, p, captures);
    }
    return (strlen(parts->captures) == captures.n &&
               memcmp(parts->captures, captures.octets, captures.n) == 0) ||
           vrf_part_fault(p, "is about other captures than the other parts");
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
capture_of(const struct vrf_parts *parts, const struct vrf_part_report *p, struct vrf_slice file)
{
    for (size_t n = 0; n < parts->n_names; n++) {
        size_t i = (p->capture + n) % parts->n_names;

        if (strlen(parts->names[i]) == file.n && memcmp(parts->names[i], file.octets, file.n) == 0)
            return i;
    }
    return p->capture;
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
    g_free(p->place.text);
    p->place = (struct vrf_place){
        .frame = ((uint64_t)capture + 1) << VRF_CAPTURE_SHIFT | frame,
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
bool
vrf_part_next(const struct vrf_parts *parts, struct vrf_part_report *p)
{
    struct vrf_slice values[MEMBERS];

    if (!vrf_part_read(p) || !vrf_line_take(vrf_part_line(p), members, values, MEMBERS))
        return vrf_part_fault(p, "ends without a summary: the part was not judged to its end");
    p->ended = vrf_slice_is(values[RECORD], "summary");
    if (p->ended || find_place(parts, p, values))
        return true;
    return vrf_part_fault(p, "has a line that is not a record");
}

int
vrf_place_compare(const struct vrf_place *a, const struct vrf_place *b)
{
    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    return g_strcmp0(a->text, b->text);
}
