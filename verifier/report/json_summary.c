/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What JSON Lines begin and end with: of a part, what it is from; and the summary. */
#include "report/json.h"

#include <inttypes.h>
#include <stdio.h>

#include "events/archive.h"
#include "report/compact.h"

void
vrf_json_word(struct vrf_out *out, const char *name, const char *word)
{
    vrf_put(out, ",\"");
    vrf_put(out, name);
    if (word == NULL) {
        vrf_put(out, "\":null");
        return;
    }
    vrf_put(out, "\":\"");
    vrf_put(out, word);
    vrf_put(out, "\"");
}

/*
 * The end of a line.  In the report of a part, the first and the last line end with a checksum of
 * all octets up to there, for the merge.
 */
static void
put_end(struct vrf_report *r)
{
    char tail[VRF_DIGEST_TAIL + 1];

    if (r->archive == NULL) {
        vrf_put(&r->out, "}\n");
        return;
    }
    vrf_out_flush(&r->out);
    vrf_digest_tail(&r->digest, tail);
    vrf_put(&r->out, tail);
}

/* The names of the associations, which compact records refer to by number. */
static void
put_associations(struct vrf_report *r)
{
    const size_t n = r->o->ring != NULL ? mipro_keyring_count(r->o->ring) : 0;

    if (n != 0)
        vrf_put(&r->out, ",\"associations\":[");
    for (size_t i = 0; i < n; i++) {
        vrf_put(&r->out, i == 0 ? "" : ",");
        vrf_put_json(&r->out, mipro_keyring_at(r->o->ring, i)->name);
    }
    vrf_put(&r->out, n != 0 ? "]" : "");
}

/* A hash of each option that all parts must share, for those that are given to --merge, too. */
static void
put_options(struct vrf_report *r)
{
    const char *before = ",\"options\":{\"";

    for (unsigned i = 0; i < r->o->n_settings; i++) {
        vrf_putf(&r->out, "%s%s\":\"%016" PRIx64 "\"", before, r->o->settings[i].name,
            r->o->settings[i].hash);
        before = ",\"";
    }
    vrf_put(&r->out, "}");
}

/* For one part: its number, and the captures that it is from, in order. */
void
vrf_json_begin(struct vrf_report *r)
{
    const struct vrf_events_maker maker = vrf_events_maker(r->o);
    struct vrf_out *out = &r->out;
    bool first = true;

    if (r->archive == NULL)
        return;
    out->digest = &r->digest;
    vrf_putf(out,
        "{\"record\":\"shard\",\"version\":%u,\"program\":\"" MIPRO_VERSION
        "\",\"shard\":%u,\"of\":%u,\"made\":\"%016" PRIx64 "-%08" PRIx32
        "\",\"ack_timeout\":%" PRId64 ",\"tolerance\":%" PRId64 ",\"rules\":[",
        VRF_PART_VERSION, r->o->conduct.part + 1, r->o->n_parts, maker.options, maker.keys,
        r->o->conduct.ack_timeout, r->o->conduct.tolerance);
    for (unsigned i = 0; i < MIPRO_RULES; i++)
        if (r->o->rules[i]) {
            vrf_put(out, first ? "\"" : ",\"");
            vrf_put(out, mipro_rule_def(i)->id);
            vrf_put(out, "\"");
            first = false;
        }
    vrf_put(out, "]");
    put_options(r);
    if (r->o->strict)
        vrf_put(out, ",\"strict\":true");
    if (r->o->without_good)
        vrf_put(out, ",\"without_good\":true");
    vrf_put(out, ",\"captures\":[");
    for (size_t i = 0; i < vrf_archive_captures(r->archive); i++) {
        vrf_put(out, i == 0 ? "" : ",");
        vrf_put_json(out, vrf_archive_name(r->archive, i));
    }
    vrf_put(out, "]");
    if (r->o->compact)
        put_associations(r);
    if (vrf_leaves_goods(r->o))
        vrf_putf(out, ",\"events\":\"%016" PRIx64 "\"", vrf_archive_content(r->archive));
    put_end(r);
}

static void
put_count(struct vrf_out *out, bool *first, const char *name, uint64_t n)
{
    vrf_put(out, *first ? "\"" : ",\"");
    *first = false;
    vrf_put(out, name);
    vrf_put(out, "\":");
    vrf_put_unsigned(out, n);
}

static void
put_unopened(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;
    size_t n;
    struct vrf_unopened_name *list = vrf_unopened_list(&r->unopened, &n);

    vrf_put(out, "{");
    for (size_t i = 0; i < n; i++) {
        if (i != 0)
            vrf_put(out, ",");
        vrf_put_json(out, list[i].name);
        vrf_put(out, ":");
        vrf_put_unsigned(out, list[i].n);
    }
    vrf_put(out, "}");
    vrf_unopened_list_free(list, n);
}

/* The number of frames of an undecoded link layer, which "unopened" lists by name. */
static uint64_t
foreign_frames(const struct vrf_report *r)
{
    const uint64_t *of = r->unopened.of[MIPRO_UNOPENED_LINK];
    uint64_t n = 0;

    for (unsigned i = 0; of != NULL && i < 65536; i++)
        n += of[i];
    return n;
}

/* Write a record for each entry of the baseline that was not found; returns how many. */
static uint64_t
put_absent(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;
    const struct vrf_known *known;
    uint64_t n = 0;

    for (size_t i = 0; (known = vrf_report_absent(r, &i)) != NULL; n++) {
        const struct vrf_fingerprint *f = &known->f;

        vrf_put(out, "{\"record\":\"absent\"");
        if (f->what < MIPRO_RULES) {
            vrf_json_word(out, "rule", mipro_rule_def(f->what)->id);
        } else {
            vrf_json_word(out, "verdict", mipro_verdict_name(f->what - MIPRO_RULES));
            vrf_putf(out, ",\"extension\":%u,\"spi\":", f->ext);
            vrf_putf(out, f->has_spi ? "%" PRIu32 : "null", f->spi);
        }
        vrf_json_word(out, "source", mipro_dotted(f->src).s);
        vrf_json_word(out, "destination", mipro_dotted(f->dst).s);
        vrf_json_word(out, "home", f->has_home ? mipro_dotted(f->home).s : NULL);
        if (f->nai != NULL) {
            vrf_put(out, ",\"nai\":");
            vrf_put_json(out, f->nai);
        }
        vrf_put(out, ",\"reason\":");
        vrf_put_json(out, known->reason);
        vrf_put(out, "}\n");
    }
    return n;
}

static void
put_baseline(struct vrf_report *r, uint64_t absent)
{
    struct vrf_out *out = &r->out;
    bool first = true;

    vrf_put(out, ",\"baseline\":{");
    put_count(out, &first, "authenticators", r->known_authenticators);
    for (int i = MIPRO_ERROR; i >= MIPRO_NOTE; i--)
        put_count(out, &first, mipro_severity_name((enum mipro_severity)i), r->known_findings[i]);
    put_count(out, &first, "absent", absent);
    vrf_put(out, "}");
}

void
vrf_json_end(struct vrf_report *r)
{
    struct vrf_out *out = &r->out;
    uint64_t absent = put_absent(r);
    bool first = true;

    vrf_putf(out, "{\"record\":\"summary\",\"files\":%u,\"packets\":%" PRIu64 ",\"messages\":{",
        vrf_report_files(r), r->packets);
    for (unsigned i = 0; i < 256; i++) {
        char type[4];

        snprintf(type, sizeof(type), "%u", i);
        if (r->types[i] != 0)
            put_count(out, &first, type, r->types[i]);
    }
    vrf_put(out, "},\"authenticators\":{");
    first = true;
    for (unsigned i = 0; i < MIPRO_VERDICTS; i++)
        put_count(out, &first, mipro_verdict_name(i), r->tally->verdicts[i]);
    vrf_put(out, "},\"findings\":{");
    first = true;
    for (int i = MIPRO_ERROR; i >= MIPRO_NOTE; i--)
        put_count(out, &first, mipro_severity_name((enum mipro_severity)i), r->findings[i]);
    vrf_put(out, "},\"fragments\":{");
    first = true;
    put_count(out, &first, "incomplete", r->incomplete);
    put_count(out, &first, "overlapping", r->overlaps);
    vrf_put(out, "},\"unopened\":");
    put_unopened(r);
    vrf_put(out, ",\"undecided\":{");
    first = true;
    for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++)
        put_count(out, &first, mipro_undecided_name(i),
            mipro_undecided_of_reason(&r->totals, i) + r->open_undecided[i]);
    vrf_put(out, "},\"dropped_by_kind\":{");
    first = true;
    for (unsigned i = 0; i < MIPRO_DROPPED_KINDS; i++)
        put_count(out, &first, mipro_dropped_name(i), r->totals.dropped[i]);
    vrf_put(out, "},");
    first = true;
    put_count(out, &first, "foreign", foreign_frames(r));
    put_count(out, &first, "dropped", mipro_dropped_of_all(&r->totals));
    put_count(out, &first, "copies", r->totals.copies);
    put_count(out, &first, "unread", r->unread);
    if (r->o->baseline != NULL)
        put_baseline(r, absent);
    put_end(r);
}
