/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario/parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipro_reader.h"

static bool
add_event(struct inj_scene *p, int64_t at)
{
    const struct inj_envelope *e = &p->order->envelope;
    struct inj_scenario *s = p->s;
    struct inj_event *event;

    if (!inj_order_frame(p->order, p->framer, p->frame))
        return false;
    if (p->frame->len > MAX_OCTETS - p->octets) {
        inj_complain(
            "the packets have more than %u MiB, the limit of a scenario", MAX_OCTETS >> 20);
        return false;
    }
    p->octets += p->frame->len;
    if (s->n_events == p->room) {
        struct inj_event *more;

        p->room = p->room == 0 ? 64 : 2 * p->room;
        more = realloc(s->events, p->room * sizeof(*more));
        if (more == NULL)
            return false;
        s->events = more;
    }
    event = &s->events[s->n_events];
    *event = (struct inj_event){ .at = at,
        .serial = s->n_events,
        .next_hop = e->n_tunnels > 0 ? e->tunnel[e->n_tunnels - 1].dst : e->dst,
        .len = p->frame->len,
        .octets = malloc(p->frame->len) };
    if (event->octets == NULL)
        return false;
    memcpy(event->octets, p->frame->octets, event->len);
    s->n_events++;
    return true;
}

static void
copy_payload(struct inj_payload *to, const struct inj_payload *from)
{
    memcpy(to, from, offsetof(struct inj_payload, octets) + from->len);
    to->b.buf = to->octets;
}

static bool
name_payload(struct inj_scene *p, const char *name)
{
    struct inj_scene_named *named = &p->named[p->n_named];

    if (!inj_is_name(name) || p->n_named == MAX_NAMES) {
        inj_complain("'%s': is not a name for a message, or there are %u already", name, MAX_NAMES);
        return false;
    }
    named->payload = malloc(sizeof(*named->payload));
    if (named->payload == NULL)
        return false;
    copy_payload(named->payload, &p->order->payload);
    snprintf(named->name, sizeof(named->name), "%s", name);
    p->n_named++;
    return true;
}

static uint64_t
read_field(const struct inj_payload *payload, enum mipro_field id)
{
    size_t off, len;

    return inj_find_field(payload, id, &off, &len)
               ? mipro_be_at(payload->octets, payload->len, off, len)
               : 0;
}

/*
 * The Binding Update that a foreign agent makes from a notification (8.1): its SPI
 * and authenticator are copied, the rest rebuilt to match the authenticator.
 */
static bool
compose_handoff(struct inj_scene *p, const struct inj_payload *request)
{
    struct inj_payload *to = &p->order->payload;
    const struct mipro_pfan_reading *r = &request->pfan.reading;
    const struct inj_content c = { .type = MIPRO_BINDING_UPDATE,
        .flags = (uint16_t)(MIPRO_BU_A | (r->minimal ? MIPRO_BU_M : 0) | (r->gre ? MIPRO_BU_G : 0)),
        .life = (uint16_t)read_field(request, MIPRO_F_PFAN_LIFE),
        .home = (uint32_t)read_field(request, MIPRO_F_HOMEADDR),
        .care_of = (uint32_t)read_field(request, MIPRO_F_PFAN_COA),
        .has_ident = r->ident,
        .ident = read_field(request, MIPRO_F_IDENT) };
    uint8_t value[4 + MIPRO_AUTH_MAX];
    const size_t auth_len =
        request->pfan_len - mipro_ext_def(MIPRO_EXT_PFAN, &p->stage->set)->spi_off - 4u;
    size_t off, len;

    if (request->pfan_off == 0 || !inj_find_field(request, MIPRO_F_PFAN_SPI, &off, &len)) {
        inj_complain("'handoff': that message has no Previous Foreign Agent Notification; give it "
                     "previous-agent=NODE");
        return false;
    }
    memcpy(value, request->octets + off, 4 + auth_len); /* SPI and authenticator */
    if (!inj_compose(to, &c, &p->stage->set))
        return false;
    mipro_put_ext(&to->b, mipro_auth_ext_type(&p->stage->set));
    to->last_off = to->body_len;
    to->last_def = to->b.ext_def;
    mipro_put_ext_field(&to->b, MIPRO_F_SPI, read_field(request, MIPRO_F_PFAN_SPI));
    mipro_put_ext_octets(&to->b, value + 4, auth_len);
    to->len = to->b.len;
    return !to->b.failed;
}

/* Compose the action's payload for its k-th packet. */
static bool
compose(struct inj_scene *p, const struct inj_action *act, const struct inj_options *o)
{
    struct inj_order *w = p->order;
    const struct inj_payload *of;

    if (act->of == NULL)
        return inj_order_compose(w, o);
    of = inj_find_named(p, act->of);
    if (of == NULL)
        return false;
    if (!inj_given(o, INJ_OPT_SOURCE_PORT))
        w->envelope.sport = MIPRO_PORT;
    if (!inj_given(o, INJ_OPT_DESTINATION_PORT))
        w->envelope.dport = MIPRO_PORT;
    if (strcmp(act->message, "handoff") != 0)
        copy_payload(&w->payload, of);
    else if (!compose_handoff(p, of))
        return false;
    return inj_order_damage(w);
}

bool
inj_carry_out(struct inj_scene *p, const struct inj_action *act, const struct inj_options *o)
{
    struct inj_order *w = p->order;
    bool good = true;

    for (uint64_t k = 0; good && k < act->count; k++) {
        const int64_t at = act->at + (int64_t)k * act->every;

        /* Lost packets count too: making them takes time. */
        if (p->n_made++ == p->max_events) {
            inj_complain("there are %zu packets already, the limit of a scenario", p->max_events);
            good = false;
            break;
        }
        if (at > MAX_AT) {
            inj_complain("that would be later than %" PRId64 " days after the start",
                MAX_AT / (24 * 3600 * MIPRO_SECOND));
            good = false;
            break;
        }
        w->set = p->stage->set;
        w->ring = p->stage->ring;
        w->seed = inj_random(p->stage->seed, (uint64_t)p->line << 32 | k);
        w->time = p->stage->start + at;
        w->is_timed = true;
        good = (k > 0 || inj_order_read(w, o)) && compose(p, act, o) &&
               (act->lost || add_event(p, at));
    }
    if (good && act->as != NULL)
        good = name_payload(p, act->as);
    inj_order_free(w);
    return good;
}
