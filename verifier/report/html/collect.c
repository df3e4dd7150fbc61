/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/html/collect.h"

#include <string.h>

static void
free_finding(gpointer p)
{
    struct vrf_html_finding *f = p;

    g_free(f->text);
    g_free(f);
}

static void
free_broken(gpointer p)
{
    struct vrf_html_broken *b = p;

    g_free(b->error);
    g_free(b);
}

static guint
hash_node(gconstpointer p)
{
    const struct vrf_html_node *n = p;

    return (n->home ^ n->file * UINT32_C(0x85ebca6b)) * UINT32_C(0x9e3779b1);
}

static gboolean
is_same_node(gconstpointer a, gconstpointer b)
{
    const struct vrf_html_node *x = a, *y = b;

    return x->home == y->home && x->file == y->file;
}

struct vrf_html *
vrf_html_new(void)
{
    struct vrf_html *h = g_new0(struct vrf_html, 1);

    h->history = vrf_history_new();
    h->findings = g_ptr_array_new_with_free_func(free_finding);
    h->broken = g_ptr_array_new_with_free_func(free_broken);
    h->nodes = g_hash_table_new_full(hash_node, is_same_node, g_free, NULL);
    h->first = h->last = MIPRO_TIME_NONE;
    return h;
}

void
vrf_html_free(struct vrf_html *h)
{
    if (h == NULL)
        return;
    vrf_history_free(h->history);
    g_ptr_array_free(h->findings, TRUE);
    g_ptr_array_free(h->broken, TRUE);
    g_hash_table_destroy(h->nodes);
    g_free(h);
}

/* ---- messages ---- */

/* The verdict that matters most: a false authenticator, then an unchecked one, then good. */
static uint8_t
worst_verdict(const struct mipro_auth *auth, uint32_t n)
{
    static const uint8_t rank[MIPRO_VERDICTS] = { [MIPRO_GOOD] = 0,
        [MIPRO_TRUNCATED] = 1,
        [MIPRO_NO_KEY] = 2,
        [MIPRO_EXPIRED] = 3,
        [MIPRO_MISSING] = 4,
        [MIPRO_BAD] = 5 };
    uint8_t worst = MIPRO_GOOD;

    for (uint32_t i = 0; i < n; i++)
        if (auth[i].ext != MIPRO_EXT_PFAN && rank[auth[i].verdict] > rank[worst])
            worst = (uint8_t)auth[i].verdict;
    return worst;
}

/* Copy the fields of a whole message of this type; otherwise they are not used. */
static void
fill_sight(struct vrf_sight *s, const struct vrf_message *message, const struct vrf_batch *b)
{
    const struct mipro_message *m = &message->m;
    uint8_t type = mipro_message_type(m);
    bool reply = type == MIPRO_REGISTRATION_REPLY;

    s->frame = message->frame;
    s->time = message->time;
    s->src = message->src;
    s->dst = message->dst;
    s->home = (uint32_t)mipro_value(m, MIPRO_F_HOMEADDR);
    s->coa = (uint32_t)mipro_value(m, reply ? MIPRO_F_HOMEAGENT : MIPRO_F_COA);
    s->life = (uint16_t)mipro_value(m, MIPRO_F_LIFE);
    s->type = type;
    s->flags = (uint8_t)mipro_value(m, MIPRO_F_FLAGS);
    s->status = (uint8_t)mipro_value(m, reply ? MIPRO_F_CODE : MIPRO_F_STATUS);
    s->marks = message->n_auth != 0 ? VRF_SIGHT_SIGNED : 0;
    if (message->copy_of != 0)
        s->marks |= VRF_SIGHT_COPY;
    if (message->has_pfan)
        s->marks |= VRF_SIGHT_PFAN;
    if (m->err != MIPRO_OK || message->late)
        s->marks |= VRF_SIGHT_PARTIAL;
    s->verdict = worst_verdict(vrf_auths(b, message), message->n_auth);
}

static void
note_time(struct vrf_html *h, int64_t time)
{
    if (time == MIPRO_TIME_NONE)
        return;
    if (h->first == MIPRO_TIME_NONE || time < h->first)
        h->first = time;
    if (h->last == MIPRO_TIME_NONE || time > h->last)
        h->last = time;
}

void
vrf_html_batch(struct vrf_html *h, const struct vrf_batch *b)
{
    const size_t n = b->block.n_frames;

    for (uint32_t i = 0; i < b->messages.n; i++) {
        const struct vrf_message *message = &b->messages.at[i];

        if (mipro_value(&message->m, MIPRO_F_HOMEADDR) != 0 &&
            message->m.def->source != MIPRO_SOURCE_IANA)
            fill_sight(vrf_history_add(h->history), message, b);
    }
    /* All of them: the clock may be set back anywhere, and a pipe may be cut into any batches. */
    for (size_t i = 0; i < n; i++)
        note_time(h, b->block.frames[i].time);
}

/* ---- records ---- */

/* Room is reserved for errors after notes are no longer accepted. */
static bool
may_watch(const struct vrf_html *h, enum mipro_severity severity)
{
    static const unsigned most[] = { VRF_HTML_WATCHED / 4, VRF_HTML_WATCHED / 2, VRF_HTML_WATCHED };

    return h->n_watched < most[severity];
}

/* NULL if it is not about a mobile node, or there is no room. */
static struct vrf_html_node *
node_of(struct vrf_html *h, const struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_html_node key = { .home = record->home }, *node;
    uint64_t number;

    if (!record->has_home || record->home == 0)
        return NULL;
    if (!r->o->carry_on)
        key.file = vrf_report_file(r, record->frame, &number);
    node = g_hash_table_lookup(h->nodes, &key);
    if (node != NULL)
        return node;
    if (g_hash_table_size(h->nodes) >= VRF_HTML_NODES) {
        h->crowded++;
        return NULL;
    }
    node = g_memdup2(&key, sizeof(key));
    g_hash_table_add(h->nodes, node);
    return node;
}

/* An authenticator counts as an error. */
static enum mipro_severity
severity_of(const struct vrf_record *record)
{
    return vrf_is_finding(record) ? mipro_finding_severity(record->finding) : MIPRO_ERROR;
}

static void
count_of_node(struct vrf_html *h, struct vrf_html_node *node, const struct vrf_record *record)
{
    enum mipro_severity severity = severity_of(record);

    if (vrf_is_finding(record))
        node->findings[severity]++;
    else
        node->bad++;
    if (node->watched || !may_watch(h, severity))
        return;
    node->watched = true;
    h->n_watched++;
    vrf_history_watch(h->history, node->home);
}

static struct vrf_html_finding *
keep_record(struct vrf_html *h, const struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_html_finding *f = g_new0(struct vrf_html_finding, 1);

    f->is_auth = !vrf_is_finding(record);
    f->severity = severity_of(record);
    f->verdict = record->verdict;
    f->ext = record->ext;
    f->has_spi = record->has_spi;
    f->spi = record->spi;
    f->association = record->association != NULL ? record->association->name : NULL;
    f->frame = record->frame;
    f->time = record->time;
    f->src = record->src;
    f->dst = record->dst;
    f->message = record->message;
    f->has_home = record->has_home;
    f->home = record->home;
    if (vrf_is_finding(record)) {
        f->rule = record->finding->rule;
        f->text = g_strndup(record->finding->text, 1000);
        memcpy(f->related, record->finding->related, sizeof(f->related));
        f->n_related = record->finding->n_related;
    } else {
        char why[MIPRO_EXPLANATION];

        vrf_report_explain(r, record, why, sizeof(why));
        f->text = g_strdup(why);
    }
    g_ptr_array_add(h->findings, f);
    return f;
}

/*
 * A slot for the record among the node's findings that are drawn: the first ones, but a more
 * severe one replaces the last of the least severe.  NULL: there is none.
 */
static const struct vrf_html_finding **
room_in(struct vrf_html_node *node, const struct vrf_record *record)
{
    unsigned lightest = 0;

    if (node->n_drawn < VRF_HTML_OF_NODE)
        return &node->drawn[node->n_drawn++];
    for (unsigned i = 1; i < node->n_drawn; i++)
        if (node->drawn[i]->severity <= node->drawn[lightest]->severity)
            lightest = i;
    if (node->drawn[lightest]->severity >= severity_of(record))
        return NULL;
    return &node->drawn[lightest];
}

static bool
is_false(const struct vrf_record *record)
{
    return record->verdict == MIPRO_BAD || record->verdict == MIPRO_EXPIRED ||
           record->verdict == MIPRO_MISSING;
}

void
vrf_html_record(struct vrf_html *h, const struct vrf_report *r, const struct vrf_record *record)
{
    struct vrf_html_node *node = NULL;
    struct vrf_html_finding *f;
    const struct vrf_html_finding **room = NULL;
    uint64_t *listed;
    bool lists;

    if (!vrf_is_finding(record) && record->verdict == MIPRO_GOOD)
        return;
    if (!vrf_is_finding(record) && r->known != NULL && r->accepted)
        h->known[record->verdict]++;
    if (vrf_is_finding(record) || is_false(record))
        node = node_of(h, r, record);
    if (node != NULL)
        count_of_node(h, node, record);
    listed = vrf_is_finding(record) ? &h->of_rule[record->finding->rule]
                                    : &h->of_verdict[record->verdict];
    lists = *listed < (vrf_is_finding(record) ? VRF_HTML_OF_RULE : VRF_HTML_AUTHS);
    if (node != NULL && h->findings->len < VRF_HTML_FINDINGS)
        room = room_in(node, record);
    if (!lists && room == NULL)
        return;
    f = keep_record(h, r, record);
    f->known = r->known != NULL && r->accepted ? r->known->reason : NULL;
    *listed += lists;
    if (room != NULL)
        *room = f;
}

void
vrf_html_broken(struct vrf_html *h, unsigned file, uint64_t frame, const char *error)
{
    struct vrf_html_broken *b;

    if (h->broken->len >= VRF_HTML_BROKEN)
        return;
    b = g_new(struct vrf_html_broken, 1);
    *b = (struct vrf_html_broken){ file, frame, g_strdup(error) };
    g_ptr_array_add(h->broken, b);
}
