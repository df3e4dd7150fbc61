/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json.c - JSON Lines: one record per line, in capture order, then a summary (json_summary.c). */
#include "report/json.h"

#include "events/archive.h"
#include "report/compact.h"

#include <glib.h>
#include <inttypes.h>
#include <stdio.h>

/* What the lines of a capture have in common. */
__attribute__((noinline)) static void
begin_place(struct vrf_report *r, const char *name)
{
    struct vrf_forms *forms = &r->forms;
    GString *place = g_string_new(",\"file\":\"");
    struct mipro_text_out to = mipro_text_to_string(place);

    mipro_text_escape(&to, MIPRO_ESCAPE_JSON, name);
    g_string_append(place, "\",\"frame\":");
    g_free(forms->place);
    forms->name = name;
    forms->n_place = place->len;
    forms->place = g_string_free(place, FALSE);
}

static void
put_place(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;
    uint64_t number;
    const char *name = vrf_report_name(r, vrf_report_file(r, record->frame, &number));

    if (name != r->forms.name)
        begin_place(r, name);
    vrf_put_octets(out, r->forms.place, r->forms.n_place);
    vrf_put_unsigned(out, number);
    if (record->time == MIPRO_TIME_NONE) {
        vrf_put(out, ",\"time\":null");
    } else {
        vrf_put(out, ",\"time\":\"");
        vrf_put_time(out, record->time);
        vrf_put(out, "\"");
    }
}

static void
put_ends(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;

    vrf_put(out, ",\"source\":\"");
    vrf_put_address(out, record->src);
    vrf_put(out, "\",\"destination\":\"");
    vrf_put_address(out, record->dst);
    vrf_put(out, "\",\"message\":");
    vrf_put_unsigned(out, record->message);
}

static void
put_message_name(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;
    const struct mipro_msg_def *def = mipro_msg_def(record->message, MIPRO_SOURCE_BASE);

    if (def == NULL)
        def = mipro_msg_def(record->message, MIPRO_SOURCE_DRAFT);
    vrf_put(out, ",\"message_name\":");
    if (def != NULL)
        vrf_put_json(out, def->name);
    else
        vrf_put(out, "null");
    vrf_put(out, record->has_home ? ",\"home\":\"" : ",\"home\":null");
}

/* What follows the name of the message, which ends before the home address. */
static void
put_home(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;
    uint64_t number;

    if (record->has_home) {
        vrf_put_address(out, record->home);
        vrf_put(out, "\"");
    }
    if (record->nai != NULL) {
        vrf_put(out, ",\"nai\":");
        vrf_put_json(out, record->nai);
    }
    if (record->copy_of != 0) {
        (void)vrf_report_file(r, record->copy_of, &number);
        vrf_put(out, ",\"copy_of\":");
        vrf_put_unsigned(out, number);
    }
}

/* The last members of every record of a message. */
static void
put_message(struct vrf_report *r, const struct vrf_record *record)
{
    put_message_name(r, record);
    put_home(r, record);
}

/* With --baseline: is the record new, known, or known by an entry that has expired? */
static void
put_known(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;

    if (r->o->baseline == NULL)
        return;
    if (r->known == NULL) {
        vrf_put(out, ",\"baseline\":\"new\"");
        return;
    }
    vrf_put(out, r->accepted ? ",\"baseline\":\"known\"" : ",\"baseline\":\"expired\"");
    vrf_put(out, ",\"reason\":");
    vrf_put_json(out, r->known->reason);
    if (r->known->until_text != NULL) {
        vrf_put(out, ",\"until\":");
        vrf_put_json(out, r->known->until_text);
    }
}

/* With --compact: write the record so, if it can be. */
static bool
put_compact(struct vrf_report *r, const struct vrf_record *record)
{
    uint64_t number;
    unsigned file = vrf_report_file(r, record->frame, &number);

    /* Frames of an evidence file have the names of others, which the list does not have. */
    if (!vrf_compact_fits(record) || file >= vrf_archive_captures(r->archive))
        return false;
    if (vrf_report_name(r, file) != vrf_archive_name(r->archive, file) &&
        strcmp(vrf_report_name(r, file), vrf_archive_name(r->archive, file)) != 0)
        return false;
    vrf_compact_put(vrf_out_room(&r->out, VRF_COMPACT_SIZE), record, file, number);
    r->out.n += VRF_COMPACT_SIZE;
    return true;
}

static void
put_authenticator(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;
    const struct mipro_association *s = record->association;

    put_ends(r, record);
    vrf_put(out, ",\"extension\":");
    vrf_put_unsigned(out, record->ext);
    if (record->has_spi) {
        vrf_put(out, ",\"spi\":");
        vrf_put_unsigned(out, record->spi);
    } else {
        vrf_put(out, ",\"spi\":null");
    }
    vrf_json_word(out, "verdict", mipro_verdict_name(record->verdict));
    vrf_put(out, ",\"association\":");
    if (s != NULL)
        vrf_put_json(out, s->name);
    else
        vrf_put(out, "null");
    vrf_json_word(out, "algorithm", s != NULL ? mipro_algorithm_name(record->algorithm) : NULL);
    vrf_json_word(out, "coverage", s != NULL ? mipro_coverage_name(record->coverage) : NULL);
    if (record->ext == MIPRO_EXT_PFAN) {
        bool fits = record->verdict == MIPRO_GOOD || record->verdict == MIPRO_EXPIRED;
        char reading[12];

        mipro_pfan_reading_text(&record->reading, reading);
        vrf_json_word(out, "reading", fits ? reading : NULL);
    }
    if (record->verdict != MIPRO_GOOD) {
        char why[MIPRO_EXPLANATION];

        vrf_report_explain(r, record, why, sizeof(why));
        vrf_put(out, ",\"why\":");
        vrf_put_json(out, why);
    }
    if (record->refused.of != MIPRO_CLOCK_UNKNOWN) {
        vrf_putf(out, ",\"clock_difference\":%" PRId32, record->refused.seconds);
        vrf_json_word(out, "clock_of", mipro_clock_name(record->refused.of));
    }
    put_message_name(r, record);
}

/* The same, of an ordinary record, whose form is kept. */
static void
put_form(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;
    const struct vrf_form_key key = vrf_form_key(record);
    const struct vrf_form *form = vrf_forms_find(&r->forms, &key);
    uint64_t flushed;
    size_t start;

    if (form != NULL) {
        vrf_put_octets(out, form->text, form->n);
        return;
    }
    start = (size_t)(vrf_out_room(out, VRF_FORM_TEXT + 1) - out->buf);
    flushed = out->flushed;
    put_authenticator(r, record);
    if (out->flushed == flushed)
        vrf_forms_keep(&r->forms, &key, out->buf + start, out->n - start);
}

static void
json_authenticator(struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_out *out = &r->out;

    if (r->o->compact && put_compact(r, record))
        return;
    vrf_put(out, "{\"record\":\"authenticator\"");
    put_place(r, record);
    if (vrf_compact_fits(record))
        put_form(r, record);
    else
        put_authenticator(r, record);
    put_home(r, record);
    if (record->verdict != MIPRO_GOOD)
        put_known(r);
    vrf_put(out, "}\n");
}

/* The data by which another part decides the case. */
static void
put_open(struct vrf_report *r, const struct vrf_record *record)
{
    static const char *const kinds[] = { [MIPRO_OPEN_QUESTION] = "question",
        [MIPRO_OPEN_ANSWER] = "answer",
        [MIPRO_OPEN_ALONE] = "alone",
        [MIPRO_OPEN_CLAIM] = "claim" };
    const struct mipro_open *open = record->open;
    struct vrf_out *out = &r->out;

    if (open == NULL)
        return;
    vrf_putf(out,
        ",\"open\":{\"is\":\"%s\",\"identification\":\"0x%016" PRIx64 "\",\"clock\":%" PRId64
        ",\"related\":[",
        kinds[open->kind], open->ident, open->time);
    for (unsigned i = 0; i < record->finding->n_related; i++) {
        uint64_t number;
        unsigned file = vrf_report_file(r, record->finding->related[i], &number);

        vrf_putf(out, "%s%u,%" PRIu64, i == 0 ? "" : ",", file, number);
    }
    vrf_put(out, open->finding.unproven ? "],\"unproven\":true}" : "]}");
}

static void
json_finding(struct vrf_report *r, const struct vrf_record *record)
{
    const struct mipro_finding *f = record->finding;
    const struct mipro_rule_def *rule = mipro_rule_def(f->rule);
    struct vrf_out *out = &r->out;
    bool elsewhere = false;
    uint64_t number;
    unsigned own = vrf_report_file(r, record->frame, &number);

    vrf_put(out, "{\"record\":\"finding\"");
    put_place(r, record);
    put_ends(r, record);
    vrf_json_word(out, "rule", rule->id);
    vrf_json_word(out, "severity", mipro_severity_name(mipro_finding_severity(f)));
    vrf_put(out, ",\"section\":");
    vrf_put_json(out, rule->section);
    vrf_put(out, ",\"text\":");
    vrf_put_json(out, f->text);
    for (unsigned i = 0; i < f->n_related; i++) {
        elsewhere |= vrf_report_file(r, f->related[i], &number) != own;
        vrf_put(out, i == 0 ? ",\"related\":[" : ",");
        vrf_put_unsigned(out, number);
    }
    if (f->n_related != 0)
        vrf_put(out, "]");
    /* With --continue a related frame may be in an earlier file. */
    for (unsigned i = 0; elsewhere && i < f->n_related; i++) {
        vrf_put(out, i == 0 ? ",\"related_files\":[" : ",");
        vrf_put_json(out, vrf_report_name(r, vrf_report_file(r, f->related[i], &number)));
    }
    if (elsewhere)
        vrf_put(out, "]");
    put_message(r, record);
    put_known(r);
    put_open(r, record);
    vrf_put(out, "}\n");
}

/*
 * A message for which another part may have the match.  If none has, this means nothing, or an
 * undecided case.  (A finding that stands only if no part has the match has the member "open".)
 */
static void
json_open(struct vrf_report *r, const struct vrf_record *record)
{
    const struct mipro_open *open = record->open;
    struct vrf_out *out = &r->out;

    vrf_put(out, "{\"record\":\"open\"");
    put_place(r, record);
    put_ends(r, record);
    vrf_json_word(out, "rule", mipro_rule_def(open->finding.rule)->id);
    vrf_json_word(out, "undecided",
        open->undecided < MIPRO_UNDECIDED_REASONS ? mipro_undecided_name(open->undecided) : NULL);
    put_message(r, record);
    put_open(r, record);
    vrf_put(out, "}\n");
}

static void
json_broken(struct vrf_report *r, unsigned file, uint64_t frame, const char *error)
{
    struct vrf_out *out = &r->out;

    vrf_put(out, "{\"record\":\"error\",\"file\":");
    vrf_put_json(out, vrf_report_name(r, file));
    vrf_put(out, ",\"frame\":");
    vrf_put_unsigned(out, frame);
    vrf_put(out, ",\"text\":");
    vrf_put_json(out, error);
    vrf_put(out, "}\n");
}

const struct vrf_format vrf_json_format = {
    .name = "json",
    .lists_good = true,
    .for_people = false,
    .lists_open = true,
    .begin = vrf_json_begin,
    .authenticator = json_authenticator,
    .finding = json_finding,
    .open = json_open,
    .broken = json_broken,
    .end = vrf_json_end,
};
