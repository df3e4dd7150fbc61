/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tables.c - what was examined, what was not, and what was found. */
#include "report/html/page.h"

#include <inttypes.h>
#include <stdio.h>

static void
begin_section(struct vrf_out *out, const char *id, const char *title)
{
    vrf_putf(out, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n", id, id,
        id, title);
}

/* ---- what was examined ---- */

static void
put_files(struct vrf_page *p)
{
    unsigned shown = MIN(p->r->n_begun, (unsigned)VRF_PAGE_ROWS);

    vrf_put(p->out, "<div class=\"scroll\" tabindex=\"0\"><table "
                    "class=\"sortable\">\n<caption>Captures</caption>\n<thead><tr>"
                    "<th scope=\"col\">File</th><th scope=\"col\" class=\"n\">Frames</th>"
                    "</tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < shown; i++) {
        uint64_t end = i + 1 < p->r->n_begun ? p->r->base[i + 1] : p->r->packets;

        vrf_put(p->out, "<tr><th scope=\"row\" class=\"name\">");
        vrf_put_html(p->out, vrf_report_name(p->r, i), VRF_PAGE_NAME);
        vrf_put(p->out, "</th>");
        vrf_page_cell(p->out, end - p->r->base[i], NULL);
        vrf_put(p->out, "</tr>\n");
    }
    vrf_put(p->out, "</tbody></table></div>\n");
    vrf_page_cut(p->out, shown, p->r->n_begun, " captures");
}

/* So many that their list would come between the reader and what was found. */
static bool
has_many_files(const struct vrf_page *p)
{
    return p->r->n_begun > 12;
}

void
vrf_page_captures(struct vrf_page *p)
{
    if (!has_many_files(p))
        return;
    begin_section(p->out, "captures", "Captures");
    put_files(p);
    vrf_put(p->out, "</section>\n");
}

/* NULL: no type of Mobile IP that is known here. */
static const char *
type_name(unsigned type)
{
    if (type == MIPRO_TUNNEL_DATA)
        return "tunneled data";
    if (mipro_msg_def((uint8_t)type, MIPRO_SOURCE_BASE) == NULL &&
        mipro_msg_def((uint8_t)type, MIPRO_SOURCE_DRAFT) == NULL)
        return NULL;
    return vrf_page_message((uint8_t)type);
}

static void
put_messages(struct vrf_page *p)
{
    uint64_t others = 0;
    unsigned n_others = 0, other = 0;

    vrf_put(p->out, "<div class=\"scroll\" tabindex=\"0\"><table>\n<caption>Messages by "
                    "type</caption>\n<thead><tr>"
                    "<th scope=\"col\">Message</th><th scope=\"col\" class=\"n\">Type</th>"
                    "<th scope=\"col\" class=\"n\">Seen</th></tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < 256; i++) {
        const char *name = type_name(i);

        if (p->r->types[i] == 0)
            continue;
        if (name == NULL) {
            others += p->r->types[i];
            n_others++;
            other = i;
            continue;
        }
        vrf_putf(p->out, "<tr><th scope=\"row\">%s</th><td class=\"n\">%u</td>", name, i);
        vrf_page_cell(p->out, p->r->types[i], NULL);
        vrf_put(p->out, "</tr>\n");
    }
    if (n_others != 0) {
        vrf_put(p->out, "<tr><th scope=\"row\">of other protocols</th><td class=\"n\">");
        if (n_others == 1)
            vrf_putf(p->out, "%u</td>", other);
        else
            vrf_putf(p->out, "%u types</td>", n_others);
        vrf_page_cell(p->out, others, NULL);
        vrf_put(p->out, "</tr>\n");
    }
    vrf_put(p->out, "</tbody></table></div>\n");
}

static void
put_seconds(struct vrf_out *out, int64_t nanoseconds)
{
    vrf_putf(out, "%g&nbsp;s", (double)nanoseconds / (double)MIPRO_SECOND);
}

static void
put_settings(struct vrf_page *p)
{
    static const char *const drafts[] = { "08", "09", "11" };
    const struct vrf_options *o = p->r->o;
    const struct mipro_conduct_config *c = &o->conduct;
    struct vrf_out *out = p->out;
    unsigned left_out = 0;

    for (unsigned i = 0; i < MIPRO_RULES; i++)
        left_out += !o->rules[i];
    vrf_put(out, "<p>Judged by draft-ietf-mobileip-optim-");
    vrf_put(out, drafts[c->set.draft]);
    vrf_put(out, " with ");
    if (o->ring == NULL)
        vrf_put(out, "<strong>no keys</strong>, so that no authenticator could be checked");
    else
        vrf_page_count(
            out, mipro_keyring_count(o->ring), "security association", "security associations");
    vrf_put(out, ". Answers may take ");
    put_seconds(out, c->ack_timeout);
    vrf_put(out, "; frames less than ");
    put_seconds(out, c->tolerance);
    vrf_putf(out, " apart have no order; allowed are %u updates in ", c->update_rate.n);
    put_seconds(out, c->update_rate.interval);
    vrf_putf(out, " and %u warnings in ", c->warning_rate.n);
    put_seconds(out, c->warning_rate.interval);
    vrf_put(out, ". ");
    if (left_out != 0)
        vrf_putf(out, "<strong>%u of %u rules were left out</strong> by request.", left_out,
            (unsigned)MIPRO_RULES);
    else
        vrf_putf(out, "All %u rules were applied.", (unsigned)MIPRO_RULES);
    vrf_put(out, "</p>\n");
}

void
vrf_page_examined(struct vrf_page *p)
{
    begin_section(p->out, "examined", "What was examined");
    put_settings(p);
    if (has_many_files(p)) {
        vrf_put(p->out, "<p><a href=\"#captures\">");
        vrf_page_count(p->out, p->r->n_begun, "capture", "captures");
        vrf_put(p->out, "</a> with ");
        vrf_page_count(p->out, p->r->packets, "frame", "frames");
        vrf_put(p->out, " were read; they are listed at the end.</p>\n");
    }
    vrf_put(p->out, "<div class=\"side\">\n");
    if (!has_many_files(p))
        put_files(p);
    if (p->r->messages != 0)
        put_messages(p);
    vrf_put(p->out, "</div>\n</section>\n");
}

/* ---- what was not ---- */

static void
put_unsure_row(struct vrf_out *out, uint64_t n, const char *what, const char *why)
{
    if (n == 0)
        return;
    vrf_putf(out, "<tr><th scope=\"row\">%s</th>", what);
    vrf_page_cell(out, n, NULL);
    vrf_putf(out, "<td>%s</td></tr>\n", why);
}

static void
put_undecided(struct vrf_page *p)
{
    const struct mipro_conduct_totals *t = &p->r->totals;
    struct vrf_out *out = p->out;

    if (mipro_undecided_of_all(t) == 0)
        return;
    vrf_put(out, "<div class=\"scroll\" tabindex=\"0\"><table>\n<caption>Undecided: what was seen "
                 "may be a fault, "
                 "or not</caption>\n"
                 "<thead><tr><th scope=\"col\">Why</th><th scope=\"col\">Rule</th>"
                 "<th scope=\"col\" class=\"n\">Cases</th></tr></thead>\n<tbody>\n");
    for (unsigned reason = 0; reason < MIPRO_UNDECIDED_REASONS; reason++)
        for (unsigned rule = 0; rule < MIPRO_RULES; rule++) {
            if (t->undecided[rule][reason] == 0)
                continue;
            vrf_putf(out, "<tr><th scope=\"row\">%s (%s)</th><td><code>%s</code></td>",
                mipro_undecided_text(reason), mipro_undecided_name(reason),
                mipro_rule_def(rule)->id);
            vrf_page_cell(out, t->undecided[rule][reason], NULL);
            vrf_put(out, "</tr>\n");
        }
    vrf_put(out, "</tbody></table></div>\n");
}

static void
put_unopened(struct vrf_page *p)
{
    enum { SHOWN = 40 };
    size_t n;
    struct vrf_unopened_name *list = vrf_unopened_list(&p->r->unopened, &n);

    if (n != 0)
        vrf_put(p->out, "<div class=\"scroll\" tabindex=\"0\"><table>\n<caption>Frames that were "
                        "not decoded</caption>\n"
                        "<thead><tr><th scope=\"col\">What hid their content</th>"
                        "<th scope=\"col\" class=\"n\">Frames</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < n && i < SHOWN; i++) {
        vrf_put(p->out, "<tr><th scope=\"row\">");
        vrf_put_html(p->out, list[i].name, VRF_PAGE_NAME);
        vrf_put(p->out, "</th>");
        vrf_page_cell(p->out, list[i].n, NULL);
        vrf_put(p->out, "</tr>\n");
    }
    if (n != 0)
        vrf_put(p->out, "</tbody></table></div>\n");
    vrf_page_cut(p->out, MIN(n, (size_t)SHOWN), n, " kinds");
    vrf_unopened_list_free(list, n);
}

static void
put_broken(struct vrf_page *p)
{
    if (p->h->broken->len == 0)
        return;
    vrf_put(p->out,
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<caption>Captures that could not be read to "
        "the "
        "end</caption>\n"
        "<thead><tr><th scope=\"col\">File</th><th scope=\"col\" class=\"n\">At frame</th>"
        "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < p->h->broken->len; i++) {
        const struct vrf_html_broken *b = g_ptr_array_index(p->h->broken, i);

        vrf_put(p->out, "<tr><th scope=\"row\" class=\"name\">");
        vrf_put_html(p->out, vrf_report_name(p->r, b->file), VRF_PAGE_NAME);
        vrf_put(p->out, "</th>");
        vrf_page_cell(p->out, b->frame, NULL);
        vrf_put(p->out, "<td>");
        vrf_put_html(p->out, b->error, VRF_PAGE_TEXT);
        vrf_put(p->out, "</td></tr>\n");
    }
    vrf_put(p->out, "</tbody></table></div>\n");
    vrf_page_cut(p->out, p->h->broken->len, p->r->unread, " captures");
}

void
vrf_page_unseen(struct vrf_page *p)
{
    const struct vrf_report *r = p->r;
    const uint64_t *v = r->tally->verdicts;
    struct vrf_out *out = p->out;
    bool any = v[MIPRO_NO_KEY] + v[MIPRO_TRUNCATED] + r->incomplete + r->overlaps +
                   r->totals.copies + mipro_dropped_of_all(&r->totals) + r->hurried !=
               0;

    begin_section(out, "unseen", "What was not examined");
    if (any || p->h->broken->len != 0 || mipro_undecided_of_all(&r->totals) != 0)
        vrf_put(out,
            "<p>A capture shows one part of a network for a limited time. What follows could "
            "not be judged, and counts neither as good nor as bad.</p>\n");
    put_broken(p);
    if (any) {
        vrf_put(out,
            "<div class=\"scroll\" tabindex=\"0\"><table>\n<caption>Not judged, or judged in "
            "part</caption>\n<thead><tr>"
            "<th scope=\"col\">What</th><th scope=\"col\" class=\"n\">Number</th>"
            "<th scope=\"col\">Why</th></tr></thead>\n<tbody>\n");
        put_unsure_row(out, v[MIPRO_NO_KEY], "Authenticators without a key",
            "No association between their ends has their SPI.");
        put_unsure_row(out, v[MIPRO_TRUNCATED], "Truncated authenticators",
            "Not all octets that they cover were captured.");
        put_unsure_row(
            out, r->incomplete, "Incomplete datagrams", "Some of their fragments are missing.");
        put_unsure_row(out, r->overlaps, "Overlapping fragments",
            "Where fragments overlap, the octets that arrived first were used.");
        put_unsure_row(out, r->totals.copies, "Copies",
            "The same datagram was captured before. Its authenticator is checked; rules over "
            "several messages do not count it again.");
        for (unsigned i = 0; i < MIPRO_DROPPED_KINDS; i++) {
            char what[80];

            snprintf(what, sizeof(what), "Dropped %s", mipro_dropped_text(i));
            put_unsure_row(out, r->totals.dropped[i], what,
                "There was no room to remember more; findings may be missing.");
        }
        put_unsure_row(out, r->hurried, "Records printed early",
            "They were reported before everything was known about them.");
        vrf_put(out, "</tbody></table></div>\n");
    }
    put_undecided(p);
    put_unopened(p);
    if (!any && p->h->broken->len == 0 && mipro_undecided_of_all(&r->totals) == 0 && r->n_open != 0)
        vrf_put(out, "<p>Every message was judged, and every case decided.</p>\n");
    vrf_put(out, "</section>\n");
}

/* ---- what was found ---- */

/* Another frame that a finding about frame is about; its capture is named if it is another one. */
static void
put_related(struct vrf_page *p, uint64_t frame, uint64_t related)
{
    uint64_t number;
    const unsigned own = vrf_report_file(p->r, frame, &number);

    if (vrf_report_file(p->r, related, &number) == own)
        vrf_put_unsigned(p->out, number);
    else
        vrf_page_frame(p, related);
}

static void
put_finding(struct vrf_page *p, const struct vrf_html_finding *f)
{
    struct vrf_out *out = p->out;

    vrf_put(out, "<tr><th scope=\"row\" class=\"name\">");
    vrf_page_frame(p, f->frame);
    vrf_put(out, "</th><td>");
    vrf_page_time(out, f->time);
    vrf_put(out, "</td><td>");
    vrf_page_about(out, f);
    vrf_put(out, "</td><td class=\"text\">");
    if (f->severity != vrf_report_severity(p->r, f->rule)) { /* milder than others of the rule */
        vrf_page_severity(out, f->severity);
        vrf_put(out, " ");
    }
    vrf_put_html(out, f->text, VRF_PAGE_TEXT);
    vrf_page_known(out, f->known);
    if (f->n_related != 0)
        vrf_putf(out, " <span class=\"see\">See frame%s ", f->n_related == 1 ? "" : "s");
    for (unsigned i = 0; i < f->n_related; i++) {
        if (i != 0)
            vrf_put(out, ", ");
        put_related(p, f->frame, f->related[i]);
    }
    if (f->n_related != 0)
        vrf_put(out, "</span>");
    vrf_put(out, "</td></tr>\n");
}

static void
put_rule(struct vrf_page *p, enum mipro_rule rule)
{
    const struct mipro_rule_def *def = mipro_rule_def(rule);
    struct vrf_out *out = p->out;
    unsigned shown = 0;

    vrf_putf(out, "<h3 id=\"rule-%s\">", def->id);
    vrf_page_severity(out, vrf_report_severity(p->r, rule));
    vrf_putf(out, " <code>%s</code> ", def->id);
    vrf_page_count(out, p->r->by_rule[rule], "time", "times");
    vrf_put(out, "</h3>\n<p>The rule: ");
    vrf_put_html(out, def->text, 0);
    vrf_put(out, " (section ");
    vrf_put_html(out, def->section, 0);
    vrf_put(out,
        ")</p>\n<div class=\"scroll\" tabindex=\"0\"><table class=\"sortable filter\">\n<caption "
        "class=\"hidden\">");
    vrf_putf(out, "Findings of %s</caption>\n", def->id);
    vrf_put(out,
        "<thead><tr><th scope=\"col\">Frame</th><th scope=\"col\">Time</th>"
        "<th scope=\"col\">From → to</th><th scope=\"col\">Message</th>"
        "<th scope=\"col\">Mobile node</th><th scope=\"col\">What is wrong</th></tr></thead>"
        "\n<tbody>\n");
    for (unsigned i = 0; i < p->h->findings->len && shown < VRF_HTML_OF_RULE; i++) {
        const struct vrf_html_finding *f = g_ptr_array_index(p->h->findings, i);

        if (f->is_auth || f->rule != rule)
            continue;
        put_finding(p, f);
        shown++;
    }
    vrf_put(out, "</tbody></table></div>\n");
    vrf_page_cut(out, shown, p->r->by_rule[rule], "; <code>-o json</code> lists all");
}

static void
put_overview(struct vrf_page *p)
{
    struct vrf_out *out = p->out;

    vrf_put(out,
        "<div class=\"scroll\" tabindex=\"0\"><table class=\"sortable\">\n<caption>Rules that were "
        "broken</caption>\n<thead><tr>"
        "<th scope=\"col\">Severity</th><th scope=\"col\">Rule</th>"
        "<th scope=\"col\">What is wrong</th><th scope=\"col\" class=\"n\">Times</th>"
        "</tr></thead>\n<tbody>\n");
    for (int severity = MIPRO_ERROR; severity >= MIPRO_NOTE; severity--)
        for (unsigned i = 0; i < MIPRO_RULES; i++) {
            const struct mipro_rule_def *def = mipro_rule_def(i);

            if (p->r->by_rule[i] == 0 || (int)vrf_report_severity(p->r, i) != severity)
                continue;
            vrf_put(out, "<tr><td>");
            vrf_page_severity(out, (enum mipro_severity)severity);
            vrf_putf(out,
                "</td><th scope=\"row\"><a href=\"#rule-%s\"><code>%s</code></a></th><td>", def->id,
                def->id);
            vrf_put_html(out, def->violation, 0);
            vrf_put(out, "</td>");
            vrf_page_cell(out, p->r->by_rule[i], NULL);
            vrf_put(out, "</tr>\n");
        }
    vrf_put(out, "</tbody></table></div>\n");
}

void
vrf_page_findings(struct vrf_page *p)
{
    const uint64_t *n = p->r->findings;

    begin_section(p->out, "findings", "Findings");
    if (n[MIPRO_ERROR] + n[MIPRO_WARNING] + n[MIPRO_NOTE] == 0) {
        vrf_put(p->out, p->r->messages != 0 ? "<p>No rule was broken in what was examined.</p>\n"
                                            : "<p>There was nothing to judge.</p>\n");
    } else {
        put_overview(p);
        for (int severity = MIPRO_ERROR; severity >= MIPRO_NOTE; severity--)
            for (unsigned i = 0; i < MIPRO_RULES; i++)
                if (p->r->by_rule[i] != 0 && (int)vrf_report_severity(p->r, i) == severity)
                    put_rule(p, i);
    }
    vrf_put(p->out, "</section>\n");
}
