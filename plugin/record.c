/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.c - what is remembered of messages for as long as the file is open: a record of
 * each, and the findings.
 *
 * There may be millions, so each takes no more than it must: records and findings lie in
 * chunks, and records are found by frame in one array.
 */
#include "record.h"

#define CHUNK 65536u /* octets that are allocated together */

/* All in the file's memory, and gone with it. */
static struct {
    bool begun;
    wmem_map_t *findings;        /* frame to its struct mipro_kept_finding list */
    wmem_map_t *tunnel_findings; /* the same, of packets from tunnels */
    /*
     * In the order of frames.  An array, and not epan's list at each frame, which takes
     * five times the octets.
     */
    struct mipro_record **records;
    size_t n_records, room;
    uint8_t *chunk; /* what is left of it */
    size_t left;
} store;

/* Memory of the file's, without the header of an allocation of its own. */
static void *
keep(size_t size)
{
    void *octets;

    size = (size + 7) & ~(size_t)7;
    if (size > CHUNK / 8)
        return wmem_alloc(wmem_file_scope(), size);
    if (size > store.left) {
        store.chunk = wmem_alloc(wmem_file_scope(), CHUNK);
        store.left = CHUNK;
    }
    octets = store.chunk;
    store.chunk += size;
    store.left -= size;
    return octets;
}

/* ---- records ---- */

/* Where in the array the records of a frame begin, or would. */
static size_t
find_frame(uint32_t frame)
{
    size_t from = 0, to = store.n_records;

    if (to == 0 || store.records[to - 1]->frame < frame)
        return to;
    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (store.records[middle]->frame < frame)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* The next record of a frame; *i begins with find_frame(). */
static struct mipro_record *
next_record(uint32_t frame, size_t *i)
{
    if (*i >= store.n_records || store.records[*i]->frame != frame)
        return NULL;
    return store.records[(*i)++];
}

struct mipro_record *
mipro_find_record(uint32_t frame, unsigned layer)
{
    struct mipro_record *record;

    for (size_t i = find_frame(frame); (record = next_record(frame, &i)) != NULL;)
        if (record->layer == layer)
            return record;
    return NULL;
}

struct mipro_record *
mipro_believed_record(uint32_t frame)
{
    struct mipro_record *record;

    for (size_t i = find_frame(frame); (record = next_record(frame, &i)) != NULL;)
        if (record->belief != MIPRO_BELIEF_UNCHANGED)
            return record;
    return NULL;
}

static void
init_record(struct mipro_record *record, const struct mipro_view *view)
{
    memset(record, 0, sizeof(*record));
    record->response_time = MIPRO_TIME_NONE;
    record->frame = view->pinfo->num;
    record->layer = view->pinfo->curr_layer_num;
}

struct mipro_record *
mipro_passing_record(const struct mipro_view *view)
{
    struct mipro_record *record = wmem_new(view->pinfo->pool, struct mipro_record);

    init_record(record, view);
    return record;
}

uint32_t
mipro_last_recorded(void)
{
    return store.n_records != 0 ? store.records[store.n_records - 1]->frame : 0;
}

struct mipro_record *
mipro_new_record(const struct mipro_view *view)
{
    struct mipro_record *record = keep(sizeof(*record) + view->n_auth * sizeof(record->auth[0]));

    init_record(record, view);
    record->n_auth = view->n_auth;
    memset(record->auth, 0, view->n_auth * sizeof(record->auth[0]));
    if (store.n_records == store.room) {
        store.room = store.room != 0 ? 2 * store.room : 64;
        store.records =
            wmem_realloc(wmem_file_scope(), store.records, store.room * sizeof(store.records[0]));
    }
    store.records[store.n_records++] = record;
    return record;
}

static void
pack_auth(struct mipro_kept_auth *kept, const struct mipro_auth *auth)
{
    *kept = (struct mipro_kept_auth){
        .association = auth->association,
        .off = (uint32_t)auth->off,
        .len = (uint32_t)auth->len,
        .spi = auth->spi,
        .node = auth->node,
        .ext = auth->ext,
        .verdict = (uint8_t)auth->verdict,
        .algorithm = (uint8_t)auth->algorithm,
        .coverage = (uint8_t)auth->coverage,
        .has_spi = auth->has_spi,
        .size_wrong = auth->size_wrong,
        .ident = auth->reading.ident,
        .minimal = auth->reading.minimal,
        .gre = auth->reading.gre,
        .from_update = auth->reading.from_update,
    };
    if (auth->verdict == MIPRO_BAD && auth->has_calculated)
        kept->calculated = memcpy(keep(MIPRO_AUTH_LEN), auth->calculated, MIPRO_AUTH_LEN);
}

static void
unpack_auth(const struct mipro_kept_auth *kept, struct mipro_auth *auth)
{
    *auth = (struct mipro_auth){
        .ext = kept->ext,
        .off = kept->off,
        .len = kept->len,
        .verdict = (enum mipro_verdict)kept->verdict,
        .has_spi = kept->has_spi,
        .spi = kept->spi,
        .size_wrong = kept->size_wrong,
        .association = kept->association,
        .node = kept->node,
        .algorithm = (enum mipro_algorithm)kept->algorithm,
        .coverage = (enum mipro_coverage)kept->coverage,
        .reading = { kept->ident, kept->minimal, kept->gre, kept->from_update },
        .has_calculated = kept->calculated != NULL,
    };
    if (kept->calculated != NULL)
        memcpy(auth->calculated, kept->calculated, MIPRO_AUTH_LEN);
}

void
mipro_record_auths(struct mipro_view *view)
{
    for (unsigned i = 0; i < view->n_auth; i++)
        pack_auth(&view->record->auth[i], &view->auth[i]);
}

void
mipro_recall_auths(struct mipro_view *view)
{
    const struct mipro_record *record = view->record;

    if (record->n_auth > array_length(view->few))
        view->auth = wmem_alloc_array(view->pinfo->pool, struct mipro_auth, record->n_auth);
    for (unsigned i = 0; i < record->n_auth; i++)
        unpack_auth(&record->auth[i], &view->auth[i]);
    view->n_auth = record->n_auth;
}

void
mipro_record_pfan(uint32_t frame, const struct mipro_auth *auth)
{
    struct mipro_record *record;

    for (size_t i = find_frame(frame); (record = next_record(frame, &i)) != NULL;)
        for (unsigned k = 0; k < record->n_auth; k++)
            if (record->auth[k].ext == MIPRO_EXT_PFAN && record->auth[k].off == auth->off)
                pack_auth(&record->auth[k], auth);
}

/* ---- findings ---- */

void
mipro_keep_finding(const struct mipro_finding *finding, const struct mipro_record *record)
{
    void *key = GUINT_TO_POINTER((uint32_t)finding->frame);
    /* Of the packet that came out of a tunnel, not of the message that it may hold. */
    wmem_map_t *map =
        finding->rule == MIPRO_RULE_STALE_FORWARDING ? store.tunnel_findings : store.findings;
    struct mipro_kept_finding *last = wmem_map_lookup(map, key);
    struct mipro_kept_finding *kept =
        keep(sizeof(*kept) + finding->n_related * sizeof(kept->related[0]));
    size_t text_size = strlen(finding->text) + 1;

    kept->next = NULL;
    kept->record = record;
    kept->text = memcpy(keep(text_size), finding->text, text_size);
    kept->off = (uint32_t)finding->off;
    kept->len = (uint32_t)finding->len;
    kept->rule = (uint8_t)finding->rule;
    kept->message = finding->message;
    kept->n_related = (uint8_t)finding->n_related;
    for (unsigned i = 0; i < finding->n_related; i++)
        kept->related[i] = (uint32_t)finding->related[i];
    if (last == NULL) {
        wmem_map_insert(map, key, kept);
        return;
    }
    while (last->next != NULL)
        last = last->next;
    last->next = kept;
}

/* f, or the first behind it that is about this message. */
static const struct mipro_kept_finding *
skip_others(const struct mipro_view *view, const struct mipro_kept_finding *f)
{
    uint8_t type = mipro_message_type(&view->m);

    while (f != NULL && f->record != view->record && (f->record != NULL || f->message != type))
        f = f->next;
    return f;
}

const struct mipro_kept_finding *
mipro_first_finding(const struct mipro_view *view)
{
    if (!store.begun)
        return NULL;
    return skip_others(view, wmem_map_lookup(store.findings, GUINT_TO_POINTER(view->pinfo->num)));
}

const struct mipro_kept_finding *
mipro_next_finding(const struct mipro_view *view, const struct mipro_kept_finding *f)
{
    return skip_others(view, f->next);
}

const struct mipro_kept_finding *
mipro_tunnel_findings(const packet_info *pinfo)
{
    return store.begun ? wmem_map_lookup(store.tunnel_findings, GUINT_TO_POINTER(pinfo->num))
                       : NULL;
}

/* ---- the file ---- */

void
mipro_begin_records(void)
{
    store.findings = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    store.tunnel_findings = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    store.begun = true;
}

static void
forget_records(void)
{
    memset(&store, 0, sizeof(store));
}

void
mipro_register_records(void)
{
    register_cleanup_routine(forget_records);
}
