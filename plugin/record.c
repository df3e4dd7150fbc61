/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * record.c - the data kept about messages while the file is open: a record of each, and what
 * only few have: links, findings, verdicts that cannot be computed again.
 *
 * There may be millions of records, so they are compact: everything is allocated in chunks,
 * and records are found by frame number in one array.
 */
#include "record.h"

#define CHUNK 65536u /* octets allocated together */

/* An array of elements of one size that do not move when it grows. */
struct series {
    uint8_t **segments;
    size_t n, room; /* number of elements; size of segments[] */
};

#define SEGMENT 4096u /* elements allocated together */

/* Links form lists, numbered from 1: most messages have few links. */
struct link {
    unsigned kind : 4; /* enum mipro_link */
    unsigned next : 28;
    uint32_t value;
};

_Static_assert(MIPRO_LINKS == 9, "as many bits has mipro_record.has_links");

/* The largest number that fits into next.  Wireshark runs out of memory long before. */
#define LINKS_MAX (1u << 28)

/* The authenticators of one message. */
struct kept_auths {
    size_t n;
    bool has_open_pfan; /* conduct has not had its last word on it */
    struct mipro_auth auth[];
};

/* All of this has the scope of the file. */
static struct {
    bool begun;
    wmem_map_t *auths;           /* record to its struct kept_auths, if it has one */
    wmem_map_t *refused;         /* record to its struct mipro_clock_difference, if it has one */
    wmem_map_t *findings;        /* frame to its list of struct mipro_kept_finding */
    wmem_map_t *tunnel_findings; /* the same, for tunneled packets */
    /*
     * In the order of frames.  epan's list of data for each frame would take five times as much
     * memory.
     */
    struct series records;
    struct series links;
    uint8_t *chunk; /* the free part of the current chunk */
    size_t left;
} store;

/* Allocate with the scope of the file, without the overhead of a separate allocation. */
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

static void *
thing_at(const struct series *series, size_t size, size_t i)
{
    return series->segments[i / SEGMENT] + i % SEGMENT * size;
}

/* Append one. */
static void *
add_thing(struct series *series, size_t size)
{
    size_t segment = series->n / SEGMENT;

    if (series->n % SEGMENT == 0) {
        if (segment == series->room) {
            series->room = series->room != 0 ? 2 * series->room : 16;
            series->segments = wmem_realloc(
                wmem_file_scope(), series->segments, series->room * sizeof(series->segments[0]));
        }
        series->segments[segment] = wmem_alloc(wmem_file_scope(), SEGMENT * size);
    }
    return thing_at(series, size, series->n++);
}

/* ---- records ---- */

/* The low bits of a layer, which a record stores. */
static unsigned
layer_bits(unsigned layer)
{
    return layer & 0x7fff;
}

static struct mipro_record *
record_at(size_t i)
{
    return thing_at(&store.records, sizeof(struct mipro_record), i);
}

/* The index of the first record of a frame, or where it would be. */
static size_t
find_frame(uint32_t frame)
{
    size_t from = 0, to = store.records.n;

    if (to == 0 || record_at(to - 1)->frame < frame)
        return to;
    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (record_at(middle)->frame < frame)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* The next record of a frame; *i is initialized with find_frame(). */
static struct mipro_record *
next_record(uint32_t frame, size_t *i)
{
    if (*i >= store.records.n || record_at(*i)->frame != frame)
        return NULL;
    return record_at((*i)++);
}

struct mipro_record *
mipro_find_record(uint32_t frame, unsigned layer)
{
    struct mipro_record *record;

    for (size_t i = find_frame(frame); (record = next_record(frame, &i)) != NULL;)
        if (record->layer == layer_bits(layer))
            return record;
    return NULL;
}

struct mipro_record *
mipro_find_record_of(uint32_t frame, uint8_t type)
{
    struct mipro_record *record;

    for (size_t i = find_frame(frame); (record = next_record(frame, &i)) != NULL;)
        if (record->type == type)
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
    record->frame = view->pinfo->num;
    record->layer = layer_bits(view->pinfo->curr_layer_num);
    record->time = view->time;
    record->type = mipro_message_type(&view->m);
}

struct mipro_record *
mipro_passing_record(const struct mipro_view *view)
{
    struct mipro_record *record = wmem_new(view->pinfo->pool, struct mipro_record);

    init_record(record, view);
    return record;
}

struct mipro_record *
mipro_lone_record(uint32_t frame)
{
    struct mipro_record *record = wmem_new0(wmem_file_scope(), struct mipro_record);

    record->frame = frame;
    record->time = MIPRO_TIME_NONE;
    return record;
}

uint32_t
mipro_last_recorded(void)
{
    return store.records.n != 0 ? record_at(store.records.n - 1)->frame : 0;
}

struct mipro_record *
mipro_new_record(const struct mipro_view *view)
{
    struct mipro_record *record = add_thing(&store.records, sizeof(*record));

    init_record(record, view);
    return record;
}

/* ---- links ---- */

static struct link *
find_link(const struct mipro_record *record, unsigned kind)
{
    uint32_t i = (record->has_links >> kind & 1) != 0 ? record->links : 0;

    while (i != 0) {
        struct link *link = thing_at(&store.links, sizeof(*link), i - 1);

        if (link->kind == kind)
            return link;
        i = link->next;
    }
    return NULL;
}

static void
set_link(struct mipro_record *record, unsigned kind, uint32_t value)
{
    struct link *link = find_link(record, kind);

    if (link != NULL) {
        link->value = value;
        return;
    }
    if (store.links.n + 1 >= LINKS_MAX)
        return;
    link = add_thing(&store.links, sizeof(*link));
    link->kind = kind & 15;
    link->next = record->links & (LINKS_MAX - 1);
    link->value = value;
    record->links = (uint32_t)store.links.n;
    record->has_links |= 1u << kind & ((1u << MIPRO_LINKS) - 1);
}

static uint32_t
link_value(const struct mipro_record *record, unsigned kind)
{
    const struct link *link = find_link(record, kind);

    return link != NULL ? link->value : 0;
}

bool
mipro_is_linked(const struct mipro_record *record)
{
    return record->has_links != 0;
}

uint32_t
mipro_linked(const struct mipro_record *record, enum mipro_link link)
{
    return link_value(record, link);
}

void
mipro_link(struct mipro_record *record, enum mipro_link link, uint32_t frame)
{
    set_link(record, link, frame);
}

int64_t
mipro_response_time(const struct mipro_record *record)
{
    uint32_t to = mipro_linked(record, MIPRO_RESPONSE_TO);
    size_t i = to != 0 ? find_frame(to) : 0;
    const struct mipro_record *question = to != 0 ? next_record(to, &i) : NULL;
    int64_t passed;

    if (question == NULL || question->time == MIPRO_TIME_NONE || record->time == MIPRO_TIME_NONE ||
        __builtin_sub_overflow(record->time, question->time, &passed))
        return MIPRO_TIME_NONE;
    return passed;
}

/* ---- verdicts ---- */

void
mipro_keep_auths(struct mipro_view *view)
{
    struct kept_auths *kept = keep(sizeof(*kept) + view->n_auth * sizeof(kept->auth[0]));

    kept->n = view->n_auth;
    kept->has_open_pfan = view->has_open_pfan;
    memcpy(kept->auth, view->auth, view->n_auth * sizeof(kept->auth[0]));
    wmem_map_insert(store.auths, view->record, kept);
    view->record->auths_kept = true;
}

bool
mipro_recall_auths(struct mipro_view *view)
{
    const struct kept_auths *kept;

    if (!view->record->auths_kept)
        return false;
    kept = wmem_map_lookup(store.auths, view->record);
    view->auth = wmem_memdup(view->pinfo->pool, kept->auth, kept->n * sizeof(kept->auth[0]));
    view->n_auth = (unsigned)kept->n;
    view->has_open_pfan = kept->has_open_pfan;
    return true;
}

void
mipro_record_pfan(uint32_t frame, const struct mipro_auth *auth)
{
    struct mipro_record *record;

    for (size_t i = find_frame(frame); (record = next_record(frame, &i)) != NULL;) {
        struct kept_auths *kept = record->auths_kept ? wmem_map_lookup(store.auths, record) : NULL;

        if (kept != NULL)
            kept->has_open_pfan = false;
        for (size_t k = 0; kept != NULL && auth != NULL && k < kept->n; k++)
            if (kept->auth[k].ext == MIPRO_EXT_PFAN && kept->auth[k].off == auth->off)
                kept->auth[k] = *auth;
    }
}

/* ---- refusals ---- */

void
mipro_keep_refusal(const struct mipro_record *record, const struct mipro_clock_difference *d)
{
    wmem_map_insert(store.refused, record, memcpy(keep(sizeof(*d)), d, sizeof(*d)));
}

const struct mipro_clock_difference *
mipro_find_refusal(const struct mipro_record *record)
{
    return store.begun ? wmem_map_lookup(store.refused, record) : NULL;
}

/* ---- findings ---- */

void
mipro_keep_finding(const struct mipro_finding *finding, const struct mipro_record *record)
{
    void *key = GUINT_TO_POINTER((uint32_t)finding->frame);
    /* It is about the tunneled packet, not about a message that it may contain. */
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
    kept->src = finding->src;
    kept->dst = finding->dst;
    kept->rule = (uint8_t)finding->rule;
    kept->message = finding->message;
    kept->n_related = (uint8_t)finding->n_related;
    kept->mild = finding->mild;
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

/* The first finding from f on that is about this message. */
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

/* The first finding from f on that is about the packet in this tunnel: it may be in others. */
static const struct mipro_kept_finding *
skip_other_tunnels(const packet_info *pinfo, const struct mipro_kept_finding *f)
{
    while (f != NULL && (f->src != mipro_addr(&pinfo->src) || f->dst != mipro_addr(&pinfo->dst)))
        f = f->next;
    return f;
}

const struct mipro_kept_finding *
mipro_tunnel_findings(const packet_info *pinfo)
{
    if (!store.begun)
        return NULL;
    return skip_other_tunnels(
        pinfo, wmem_map_lookup(store.tunnel_findings, GUINT_TO_POINTER(pinfo->num)));
}

const struct mipro_kept_finding *
mipro_next_tunnel_finding(const packet_info *pinfo, const struct mipro_kept_finding *f)
{
    return skip_other_tunnels(pinfo, f->next);
}

/* ---- the file ---- */

void
mipro_begin_records(void)
{
    store.auths = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    store.refused = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
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
