/* SPDX-License-Identifier: GPL-2.0-or-later */
/* query.c - what the formats ask of a report: where a record belongs, and what was found so far. */
#include "report/report.h"

#include "events/archive.h"

/* The index of the part that a frame belongs to. */
__attribute__((noinline)) static uint32_t
search_part(const struct vrf_report *r, uint64_t frame)
{
    uint32_t low = 0, high = r->parts.n;

    /* Records are printed soon, so most are about the last parts that have begun. */
    for (uint32_t step = 1; step < high; step *= 2) {
        if (r->parts.at[high - step].before < frame) {
            low = high - step;
            break;
        }
        high -= step;
    }
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;

        if (r->parts.at[middle].before < frame)
            low = middle;
        else
            high = middle;
    }
    return low;
}

unsigned
vrf_report_file(const struct vrf_report *r, uint64_t frame, uint64_t *number)
{
    const struct vrf_part *part = &r->parts.at[r->part];

    if (r->part >= r->parts.n || part->before >= frame ||
        (r->part + 1 < r->parts.n && part[1].before < frame))
        part = &r->parts.at[search_part(r, frame)];
    *number = frame + part->shift;
    return part->file;
}

const char *
vrf_report_name(const struct vrf_report *r, unsigned file)
{
    return file < r->n_begun ? r->names[file] : "";
}

unsigned
vrf_report_files(const struct vrf_report *r)
{
    if (r->archive != NULL)
        return r->o->conduct.part == 0 ? (unsigned)vrf_archive_captures(r->archive) : 0;
    return r->o->follow ? r->n_begun : r->o->n_files;
}

/* Is the mobile node that the message names an end of this authenticator? */
static bool
names_node(const struct vrf_record *record)
{
    return record->ext == MIPRO_EXT_MOBILE_HOME || record->ext == MIPRO_EXT_MOBILE_FOREIGN ||
           record->ext == MIPRO_EXT_GENERALIZED || record->ext == MIPRO_EXT_PFAN;
}

void
vrf_report_explain(
    const struct vrf_report *r, const struct vrf_record *record, char *text, size_t size)
{
    const struct mipro_auth auth = { .association = record->association,
        .spi = record->spi,
        .ext = record->ext,
        .verdict = record->verdict,
        .hint = record->hint,
        .algorithm = record->algorithm,
        .has_spi = record->has_spi,
        .size_wrong = record->size_wrong };
    const struct mipro_ends ends[] = { record->ends, { record->home, record->dst } };

    mipro_auth_explain_node(&auth, ends, record->n_ends, names_node(record) ? record->nai : NULL,
        r->o->ring, text, size);
}

uint64_t
vrf_authenticators(const struct vrf_tally *tally)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < MIPRO_VERDICTS; i++)
        n += tally->verdicts[i];
    return n;
}

bool
vrf_report_is_good(const struct vrf_report *r)
{
    uint64_t undecided = mipro_undecided_of_all(&r->totals);

    for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++)
        undecided += r->open_undecided[i];
    return vrf_authenticators(r->tally) ==
               r->tally->verdicts[MIPRO_GOOD] + r->known_authenticators &&
           r->findings[MIPRO_ERROR] == r->known_findings[MIPRO_ERROR] &&
           (!r->o->strict || undecided == 0);
}

const char *
vrf_report_doubt(const struct vrf_report *r, enum mipro_rule rule)
{
    for (unsigned i = 0; i < MIPRO_UNDECIDED_REASONS; i++)
        if (r->totals.undecided[rule][i] != 0)
            return mipro_undecided_text(i);
    return NULL;
}

const char *
vrf_report_undecided(const struct vrf_report *r, enum mipro_rule rule)
{
    const struct mipro_rule_def *def = mipro_rule_def(rule);
    const uint64_t *verdicts = r->tally->verdicts;

    if (r->by_rule[rule] != 0)
        return NULL;
    if (vrf_report_doubt(r, rule) != NULL)
        return vrf_report_doubt(r, rule);
    if (r->messages == 0)
        return "no message was seen";
    if ((r->in & def->in) == 0)
        return "no message that can break this rule was seen";
    if (def->keyed && verdicts[MIPRO_GOOD] + verdicts[MIPRO_BAD] + verdicts[MIPRO_EXPIRED] == 0)
        return "no authenticator could be checked";
    return NULL;
}

enum mipro_severity
vrf_report_severity(const struct vrf_report *r, enum mipro_rule rule)
{
    const struct mipro_finding worst = { .rule = rule,
        .mild = r->by_rule[rule] == r->mild_by_rule[rule] };

    return mipro_finding_severity(&worst);
}

uint64_t
vrf_report_new_of_rule(const struct vrf_report *r, enum mipro_rule rule)
{
    return r->by_rule[rule] - r->mild_by_rule[rule] -
           (r->known_by_rule[rule] - r->known_mild_by_rule[rule]);
}

const struct vrf_known *
vrf_report_absent(const struct vrf_report *r, size_t *i)
{
    const struct vrf_known *known;

    if (r->o->baseline == NULL || r->n_open == 0)
        return NULL;
    while ((known = vrf_baseline_at(r->o->baseline, (*i)++)) != NULL)
        if (!known->seen && (known->f.what >= MIPRO_RULES || r->o->rules[known->f.what]))
            return known;
    return NULL;
}
