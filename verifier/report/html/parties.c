/* SPDX-License-Identifier: GPL-2.0-or-later */
/* parties.c - the authenticators, by verdict, by association and by pair of nodes. */
#include "report/html/page.h"

#include <stdlib.h>

static void
put_auth(struct vrf_page *p, const struct vrf_html_finding *f)
{
    struct vrf_out *out = p->out;

    vrf_put(out, "<tr><th scope=\"row\" class=\"name\">");
    vrf_page_frame(p, f->frame);
    vrf_put(out, "</th><td>");
    vrf_page_time(out, f->time);
    vrf_put(out, "</td><td>");
    vrf_page_verdict(out, f->verdict);
    vrf_put(out, "</td><td>");
    vrf_page_about(out, f);
    vrf_putf(out, "</td><td class=\"n\">%u</td><td>", f->ext);
    if (f->has_spi)
        vrf_putf(out, "0x%08x", f->spi);
    else
        vrf_put(out, "–");
    vrf_put(out, "</td><td class=\"name association\">");
    vrf_put_html(out, f->association != NULL ? f->association : "–", VRF_PAGE_NAME);
    vrf_page_known(out, f->known);
    vrf_put(out, "</td><td class=\"why\">");
    vrf_put_html(out, f->text, VRF_PAGE_TEXT);
    vrf_put(out, "</td></tr>\n");
}

static void
put_verdicts(struct vrf_page *p)
{
    static const char *const meaning[MIPRO_VERDICTS] = {
        [MIPRO_GOOD] = "It is the one that the association’s key gives.",
        [MIPRO_BAD] = "It is not: the message was forged or altered, or made with another key.",
        [MIPRO_EXPIRED] = "It is, but outside the validity of the association.",
        [MIPRO_NO_KEY] = "No association between its ends has its SPI.",
        [MIPRO_TRUNCATED] = "Not all that it covers was captured.",
        [MIPRO_MISSING] = "A Binding Update has none.",
    };
    struct vrf_out *out = p->out;

    vrf_put(out,
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<caption>Verdicts</caption>\n<thead><tr>"
        "<th scope=\"col\">Verdict</th><th scope=\"col\" class=\"n\">Number</th>"
        "<th scope=\"col\">Meaning</th></tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < MIPRO_VERDICTS; i++) {
        vrf_put(out, "<tr><th scope=\"row\">");
        vrf_page_verdict(out, i);
        vrf_put(out, "</th>");
        vrf_page_cell(out, p->r->tally->verdicts[i], NULL);
        vrf_putf(out, "<td>%s</td></tr>\n", meaning[i]);
    }
    vrf_put(out, "</tbody></table></div>\n");
}

void
vrf_page_authenticators(struct vrf_page *p)
{
    const uint64_t *v = p->r->tally->verdicts;
    uint64_t shown = 0, all = vrf_authenticators(p->r->tally) - v[MIPRO_GOOD];
    uint64_t listed[MIPRO_VERDICTS] = { 0 };

    vrf_put(p->out, "<section id=\"authenticators\" aria-labelledby=\"h-authenticators\">\n"
                    "<h2 id=\"h-authenticators\">Authenticators</h2>\n");
    put_verdicts(p);
    if (all != 0)
        vrf_put(p->out, "<div class=\"scroll\" tabindex=\"0\"><table class=\"sortable "
                        "filter\">\n<caption>Authenticators that are not good</caption>\n"
                        "<thead><tr><th scope=\"col\">Frame</th><th scope=\"col\">Time</th>"
                        "<th scope=\"col\">Verdict</th><th scope=\"col\">From → to</th>"
                        "<th scope=\"col\">Message</th><th scope=\"col\">Mobile node</th>"
                        "<th scope=\"col\" class=\"n\">Extension</th><th scope=\"col\">SPI</th>"
                        "<th scope=\"col\">Association</th><th scope=\"col\">Why</th>"
                        "</tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < p->h->findings->len; i++) {
        const struct vrf_html_finding *f = g_ptr_array_index(p->h->findings, i);

        if (!f->is_auth || listed[f->verdict] == VRF_HTML_AUTHS)
            continue;
        listed[f->verdict]++;
        put_auth(p, f);
        shown++;
    }
    if (all != 0)
        vrf_put(p->out, "</tbody></table></div>\n");
    vrf_page_cut(p->out, shown, all, ", of each verdict; <code>-o json</code> lists all");
    vrf_put(p->out, "</section>\n");
}

/* Those with bad authenticators first, then with unchecked ones, then the busiest. */
static int
compare_worst(const void *a, const void *b)
{
    const struct vrf_pair *p = a, *q = b;
    const struct vrf_count *x = &p->count, *y = &q->count;

    if (x->bad != y->bad)
        return x->bad > y->bad ? -1 : 1;
    if (x->unchecked != y->unchecked)
        return x->unchecked > y->unchecked ? -1 : 1;
    if (x->good != y->good)
        return x->good > y->good ? -1 : 1;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    if (p->b != q->b)
        return p->b < q->b ? -1 : 1;
    return vrf_pair_compare_associations(p, q);
}

static void
put_count(struct vrf_out *out, const struct vrf_count *c)
{
    vrf_page_cell(out, c->good, NULL);
    vrf_page_cell(out, c->bad, "error");
    vrf_page_cell(out, c->unchecked, "unsure");
    vrf_put(out, "<td>");
    vrf_page_time(out, c->first);
    vrf_put(out, "</td><td>");
    vrf_page_time(out, c->last);
    vrf_put(out, "</td></tr>\n");
}

static void
begin_table(struct vrf_out *out, const char *caption, const char *columns)
{
    vrf_putf(out,
        "<div class=\"scroll\" tabindex=\"0\"><table class=\"sortable "
        "filter\">\n<caption>%s</caption>\n<thead><tr>%s"
        "<th scope=\"col\" class=\"n\">Good</th><th scope=\"col\" class=\"n\">Bad</th>"
        "<th scope=\"col\" class=\"n\">Unchecked</th><th scope=\"col\">First seen</th>"
        "<th scope=\"col\">Last seen</th></tr></thead>\n<tbody>\n",
        caption, columns);
}

static void
put_associations(struct vrf_page *p)
{
    uint32_t n, used = 0;
    struct vrf_pair *rows = vrf_tally_by_association(p->r->tally, &n);
    struct vrf_out *out = p->out;

    if (n != 0)
        qsort(rows, n, sizeof(*rows), compare_worst);
    begin_table(out, "Security associations that judged an authenticator",
        "<th scope=\"col\">Association</th><th scope=\"col\">SPI</th>"
        "<th scope=\"col\">Algorithm</th>");
    for (uint32_t i = 0; i < n; i++) {
        const struct mipro_association *s = rows[i].association;

        used += s != NULL;
        if (i >= VRF_PAGE_ROWS)
            continue;
        vrf_put(out, "<tr><th scope=\"row\" class=\"name\">");
        vrf_put_html(out, s != NULL ? s->name : "(none)", VRF_PAGE_NAME);
        if (s != NULL)
            vrf_putf(
                out, "</th><td>0x%08x</td><td>%s</td>", s->spi, mipro_algorithm_name(s->algorithm));
        else
            vrf_put(out, "</th><td>–</td><td>–</td>");
        put_count(out, &rows[i].count);
    }
    vrf_put(out, "</tbody></table></div>\n");
    vrf_page_cut(out, VRF_PAGE_ROWS, n, " associations");
    if (p->r->o->ring != NULL && mipro_keyring_count(p->r->o->ring) > used) {
        vrf_put(out, "<p>");
        vrf_page_count(out, mipro_keyring_count(p->r->o->ring) - used,
            "association of the key file was", "associations of the key file were");
        vrf_put(out, " not used.</p>\n");
    }
    g_free(rows);
}

static void
put_pairs(struct vrf_page *p)
{
    uint32_t n;
    struct vrf_pair *rows = vrf_tally_by_pair(p->r->tally, &n);
    struct vrf_out *out = p->out;

    if (n != 0)
        qsort(rows, n, sizeof(*rows), compare_worst);
    begin_table(out, "Pairs of nodes between which authenticators passed",
        "<th scope=\"col\">Node</th><th scope=\"col\">Node</th>");
    for (uint32_t i = 0; i < n && i < VRF_PAGE_ROWS; i++) {
        vrf_put(out, "<tr><th scope=\"row\">");
        vrf_put_address(out, rows[i].a);
        vrf_put(out, "</th><td>");
        vrf_put_address(out, rows[i].b);
        vrf_put(out, "</td>");
        put_count(out, &rows[i].count);
    }
    if (p->r->tally->n_others != 0) {
        vrf_put(out, "<tr><th scope=\"row\" colspan=\"2\">(others, together)</th>");
        put_count(out, &p->r->tally->others);
    }
    vrf_put(out, "</tbody></table></div>\n");
    vrf_page_cut(out, VRF_PAGE_ROWS, n, " pairs, those with something bad before the others");
    g_free(rows);
}

void
vrf_page_parties(struct vrf_page *p)
{
    vrf_put(p->out, "<section id=\"parties\" aria-labelledby=\"h-parties\">\n"
                    "<h2 id=\"h-parties\">Associations and pairs of nodes</h2>\n");
    if (vrf_authenticators(p->r->tally) == 0) {
        vrf_put(p->out, "<p>There was no authenticator.</p>\n");
    } else {
        vrf_put(p->out, "<p>Expired and missing authenticators count as bad here, those without a "
                        "key or not completely captured as unchecked.</p>\n");
        put_associations(p);
        put_pairs(p);
    }
    vrf_put(p->out, "</section>\n");
}
