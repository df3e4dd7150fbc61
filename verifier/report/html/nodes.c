/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nodes.c - the mobile nodes with something to report, the worst first. */
#include "report/html/page.h"

#include <inttypes.h>
#include <stdlib.h>

#include "mipro_time.h"

enum {
    MOST_BELIEFS = 200, /* of a node */
    TABLE_BELIEFS = 60,
    MOST_DRAWN = 150 /* nodes */
};

static int
compare_nodes(const void *a, const void *b)
{
    const struct vrf_html_node *x = *(const struct vrf_html_node *const *)a;
    const struct vrf_html_node *y = *(const struct vrf_html_node *const *)b;

    if (x->findings[MIPRO_ERROR] != y->findings[MIPRO_ERROR])
        return x->findings[MIPRO_ERROR] > y->findings[MIPRO_ERROR] ? -1 : 1;
    if (x->bad != y->bad)
        return x->bad > y->bad ? -1 : 1;
    for (int i = MIPRO_WARNING; i >= MIPRO_NOTE; i--)
        if (x->findings[i] != y->findings[i])
            return x->findings[i] > y->findings[i] ? -1 : 1;
    if (x->file != y->file)
        return x->file < y->file ? -1 : 1;
    return x->home < y->home ? -1 : x->home > y->home;
}

static GPtrArray *
rank_nodes(const struct vrf_html *h)
{
    GPtrArray *nodes = g_ptr_array_new();
    GHashTableIter i;
    gpointer node;

    g_hash_table_iter_init(&i, h->nodes);
    while (g_hash_table_iter_next(&i, &node, NULL))
        g_ptr_array_add(nodes, node);
    if (nodes->len != 0)
        qsort(nodes->pdata, nodes->len, sizeof(gpointer), compare_nodes);
    return nodes;
}

/* The name of a node: its home address, and the file if there are several. */
static void
put_name(struct vrf_page *p, const struct vrf_html_node *node)
{
    vrf_put_address(p->out, node->home);
    if (p->r->n_begun > 1 && !p->r->o->carry_on) {
        vrf_put(p->out, " in ");
        vrf_put_html(p->out, vrf_report_name(p->r, node->file), VRF_PAGE_NAME);
    }
}

static void
put_overview(struct vrf_page *p, const GPtrArray *nodes)
{
    unsigned shown = MIN(nodes->len, (unsigned)VRF_PAGE_ROWS);

    vrf_put(p->out,
        "<div class=\"scroll\" tabindex=\"0\"><table class=\"sortable filter\">\n<caption>Mobile "
        "nodes with something to report</caption>\n<thead><tr>"
        "<th scope=\"col\">Mobile node</th><th scope=\"col\" class=\"n\">Errors</th>"
        "<th scope=\"col\" class=\"n\">Bad authenticators</th><th scope=\"col\" "
        "class=\"n\">Warnings</th>"
        "<th scope=\"col\" class=\"n\">Notes</th></tr></thead>\n<tbody>\n");
    for (unsigned i = 0; i < shown; i++) {
        const struct vrf_html_node *node = g_ptr_array_index(nodes, i);

        vrf_put(p->out, "<tr><th scope=\"row\" class=\"name\">");
        if (node->watched && i < MOST_DRAWN)
            vrf_putf(p->out, "<a href=\"#node-%u\">", i + 1);
        put_name(p, node);
        if (node->watched && i < MOST_DRAWN)
            vrf_put(p->out, "</a>");
        vrf_put(p->out, "</th>");
        vrf_page_cell(p->out, node->findings[MIPRO_ERROR], "error");
        vrf_page_cell(p->out, node->bad, "error");
        vrf_page_cell(p->out, node->findings[MIPRO_WARNING], "warning");
        vrf_page_cell(p->out, node->findings[MIPRO_NOTE], "note");
        vrf_put(p->out, "</tr>\n");
    }
    vrf_put(p->out, "</tbody></table></div>\n");
    vrf_page_cut(p->out, shown, nodes->len, " mobile nodes, the worst before the others");
}

/* Find the sights of a node that are in its file. */
static void
find_sights(struct vrf_page *p, struct vrf_page_story *story, uint64_t *left_out)
{
    const struct vrf_report *r = p->r;
    size_t n;
    const struct vrf_sight *all = vrf_history_of(p->h->history, story->node->home, &n, left_out);
    uint64_t from = 0, to = UINT64_MAX;

    if (!r->o->carry_on) {
        from = r->base[story->node->file];
        if (story->node->file + 1 < r->n_begun)
            to = r->base[story->node->file + 1];
    }
    while (n != 0 && all[0].frame <= from) {
        all++;
        n--;
    }
    while (n != 0 && all[n - 1].frame > to)
        n--;
    story->sights = all;
    story->n_sights = n;
}

static void
put_list(struct vrf_page *p, const struct vrf_html_node *node)
{
    uint64_t all = node->bad + node->findings[MIPRO_ERROR] + node->findings[MIPRO_WARNING] +
                   node->findings[MIPRO_NOTE];

    vrf_put(p->out, "<ol class=\"findings\">\n");
    for (unsigned i = 0; i < node->n_drawn; i++) {
        const struct vrf_html_finding *f = node->drawn[i];

        vrf_put(p->out, "<li>");
        if (f->is_auth) {
            vrf_page_verdict(p->out, f->verdict);
            vrf_put(p->out, " authenticator in frame ");
            vrf_page_frame(p, f->frame);
            vrf_putf(p->out, ", %s from ", vrf_page_message(f->message));
            vrf_put_address(p->out, f->src);
            vrf_put(p->out, " to ");
            vrf_put_address(p->out, f->dst);
            if (f->text[0] != '\0')
                vrf_put(p->out, ": ");
            vrf_put_html(p->out, f->text, VRF_PAGE_TEXT);
        } else {
            const struct mipro_rule_def *def = mipro_rule_def(f->rule);

            vrf_page_severity(p->out, f->severity);
            vrf_putf(
                p->out, " <a href=\"#rule-%s\"><code>%s</code></a> in frame ", def->id, def->id);
            vrf_page_frame(p, f->frame);
            vrf_put(p->out, ": ");
            vrf_put_html(p->out, f->text, VRF_PAGE_TEXT);
        }
        vrf_page_known(p->out, f->known);
        vrf_put(p->out, "</li>\n");
    }
    vrf_put(p->out, "</ol>\n");
    vrf_page_cut(p->out, node->n_drawn, all, " about this node");
}

static void
put_beliefs(struct vrf_page *p, const struct vrf_page_story *story, uint64_t left_out)
{
    static const char *const proofs[] = { "proven", "not proven", "forged", "replayed" };
    static const char *const ends[] = { "held at the end", "lifetime ended", "replaced",
        "binding deleted" };
    static const char *const classes[] = { "good", "unsure", "error", "error" };
    struct vrf_out *out = p->out;

    if (story->n_beliefs == 0)
        return;
    vrf_put(out,
        "<div class=\"scroll\" tabindex=\"0\"><table>\n<caption>Who believed "
        "what</caption>\n<thead><tr>"
        "<th scope=\"col\">Node</th><th scope=\"col\">Care-of address</th>"
        "<th scope=\"col\">From</th><th scope=\"col\">Until</th><th scope=\"col\">Why it ended</th>"
        "<th scope=\"col\">Frame</th><th scope=\"col\" class=\"n\">Confirmed</th>"
        "<th scope=\"col\">Proof</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < story->n_beliefs && i < TABLE_BELIEFS; i++) {
        const struct vrf_belief *b = &story->beliefs[i];

        vrf_put(out, "<tr><th scope=\"row\">");
        vrf_put_address(out, b->node);
        vrf_put(out, b->registered ? " (home agent)</th><td>" : "</th><td>");
        vrf_put_address(out, b->coa);
        vrf_put(out, "</td><td>");
        vrf_page_time(out, b->from);
        vrf_put(out, "</td><td>");
        if (b->until == INT64_MAX)
            vrf_put(out, "no end");
        else
            vrf_page_time(out, b->until);
        vrf_putf(out, "</td><td>%s</td><td>", ends[b->end]);
        vrf_page_frame(p, b->frame);
        vrf_put(out, "</td>");
        vrf_page_cell(out, b->refreshes, NULL);
        vrf_putf(out, "<td><span class=\"tag %s\">%s</span></td></tr>\n", classes[b->proof],
            proofs[b->proof]);
    }
    vrf_put(out, "</tbody></table></div>\n");
    vrf_page_cut(out, TABLE_BELIEFS, story->n_beliefs + left_out, " beliefs");
}

static void
mark_replays(struct vrf_page *p, const struct vrf_html_node *node)
{
    for (unsigned i = 0; i < p->h->findings->len; i++) {
        const struct vrf_html_finding *f = g_ptr_array_index(p->h->findings, i);

        if (!f->is_auth && f->rule == MIPRO_RULE_REPLAY && f->home == node->home)
            vrf_history_mark(p->h->history, f->home, f->frame, VRF_SIGHT_REPLAY);
    }
}

static int
compare_findings(const void *a, const void *b)
{
    const struct vrf_html_finding *x = *(const struct vrf_html_finding *const *)a;
    const struct vrf_html_finding *y = *(const struct vrf_html_finding *const *)b;

    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    if (x->is_auth != y->is_auth)
        return x->is_auth ? -1 : 1;
    return (int)x->rule - (int)y->rule;
}

static void
put_node(struct vrf_page *p, struct vrf_html_node *node, unsigned number)
{
    struct vrf_page_story story = { .node = node };
    struct vrf_belief *beliefs;
    uint64_t left_out, unbelieved;

    qsort(node->drawn, node->n_drawn, sizeof(node->drawn[0]), compare_findings);
    find_sights(p, &story, &left_out);
    mark_replays(p, node);
    story.beliefs = beliefs = vrf_beliefs(story.sights, story.n_sights,
        p->r->o->conduct.ack_timeout, p->h->last, MOST_BELIEFS, &story.n_beliefs, &unbelieved);
    vrf_putf(p->out,
        "<article id=\"node-%u\" aria-labelledby=\"h-node-%u\">\n<h3 id=\"h-node-%u\">Mobile node ",
        number, number, number);
    put_name(p, node);
    vrf_put(p->out, "</h3>\n");
    put_list(p, node);
    vrf_page_timeline(p, &story);
    if (left_out != 0) {
        vrf_put(p->out, "<p class=\"cut\">");
        vrf_page_count(p->out, left_out, "message", "messages");
        vrf_put(p->out,
            " about this address, between the first and the last ones, are not drawn.</p>\n");
    }
    put_beliefs(p, &story, unbelieved);
    vrf_put(p->out, "<h4>Exchanges</h4>\n");
    vrf_page_sequences(p, &story);
    vrf_put(p->out, "</article>\n");
    g_free(beliefs);
}

static void
put_legend(struct vrf_page *p)
{
    vrf_put(p->out,
        "<p class=\"legend\">In the timelines a bar says that a node believes the mobile node to "
        "be "
        "at the care-of address in it: <span class=\"key proven\">filled</span> if the message was "
        "proven, <span class=\"key unproven\">dashed</span> if it could not be checked, "
        "<span class=\"key forged\">✖ red</span> if it was forged and believed, "
        "with ↻ if it was a replay. A dot is a message, R a replay, "
        "a ✖ one whose authenticator is bad, expired or missing, a square a denied registration; a "
        "thick line is the end of a deleted binding, an arrow what still held at the end. The "
        "numbers are those of the findings in the list above each timeline.</p>\n");
}

void
vrf_page_nodes(struct vrf_page *p)
{
    GPtrArray *nodes = rank_nodes(p->h);
    unsigned drawn = 0, left_out = 0;

    vrf_put(p->out, "<section id=\"nodes\" aria-labelledby=\"h-nodes\">\n<h2 id=\"h-nodes\">Mobile "
                    "nodes</h2>\n");
    if (nodes->len == 0) {
        vrf_put(p->out, "<p>There is nothing to report about any mobile node.</p>\n");
    } else {
        put_overview(p, nodes);
        put_legend(p);
    }
    for (unsigned i = 0; i < nodes->len; i++) {
        struct vrf_html_node *node = g_ptr_array_index(nodes, i);

        if (!node->watched || i >= MOST_DRAWN || vrf_out_total(p->out) > VRF_PAGE_PICTURES) {
            left_out++;
            continue;
        }
        put_node(p, node, i + 1);
        drawn++;
    }
    if (left_out != 0) {
        vrf_put(p->out, "<p class=\"cut\">Pictures are drawn of the ");
        vrf_page_count(p->out, drawn, "worst mobile node", "worst mobile nodes");
        vrf_put(p->out, "; of ");
        vrf_page_count(p->out, left_out, "other", "others");
        vrf_put(p->out, " there are none. Audit a part of the capture to see them.</p>\n");
    }
    if (p->h->crowded != 0) {
        vrf_put(p->out, "<p class=\"cut\">");
        vrf_page_count(p->out, p->h->crowded, "record is", "records are");
        vrf_put(p->out, " about mobile nodes that did not fit in this section.</p>\n");
    }
    vrf_put(p->out, "</section>\n");
    g_ptr_array_free(nodes, TRUE);
}
