/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/mobile.h"

#include "mipro_reader.h"
#include "tester/answers.h"
#include "tester/handoff.h"

#define ICMP_HEADER 8u
#define BEFORE_CARE_OF 8u /* octets of the extension before the list of care-of addresses */
#define RESERVED 0x01u    /* of the flags of a request, in this draft */
#define ENCAPSULATIONS (MIPRO_RRQ_M | MIPRO_RRQ_G)

/* What an agent advertises. */
struct offer {
    uint16_t life;
    uint8_t flags; /* the first octet of them: RBHFMG */
    uint32_t care_of[8];
    size_t n;
};

/* False: it is not an agent advertisement. */
static bool
read_offer(const uint8_t *icmp, size_t len, struct offer *offer)
{
    struct mipro_reader r = mipro_reader(icmp, len);
    size_t at = ICMP_HEADER;
    unsigned type, n;

    *offer = (struct offer){ 0 };
    mipro_seek(&r, 4);
    at += (size_t)mipro_get_u8(&r) * mipro_get_u8(&r) * 4;
    for (mipro_seek(&r, at); !r.failed; mipro_seek(&r, at)) {
        type = mipro_get_u8(&r);
        n = mipro_get_u8(&r);
        if (type == MIPRO_ADVERT_TYPE)
            break;
        at += type == 0 ? 1 : 2 + n;
    }
    (void)mipro_get_u16(&r); /* sequence number */
    offer->life = mipro_get_u16(&r);
    offer->flags = mipro_get_u8(&r);
    (void)mipro_get_u8(&r);
    if (r.failed)
        return false;
    for (at = BEFORE_CARE_OF; at + 4 <= 2 + n && offer->n < 8; at += 4)
        offer->care_of[offer->n++] = mipro_get_u32(&r);
    return !r.failed;
}

static bool
offers(const struct offer *offer, uint32_t care_of)
{
    for (size_t i = 0; i < offer->n; i++) {
        if (offer->care_of[i] == care_of)
            return true;
    }
    return false;
}

void
inj_note_offers(struct inj_bench *bench, const uint8_t *icmp, size_t len)
{
    struct offer offer;

    if (!read_offer(icmp, len, &offer))
        return;
    for (size_t i = 0; i < offer.n; i++)
        bench->offered[bench->n_offered++ % INJ_EARLIER] = offer.care_of[i];
}

static bool
was_offered(const struct inj_bench *bench, uint32_t care_of)
{
    const size_t kept = bench->n_offered < INJ_EARLIER ? bench->n_offered : INJ_EARLIER;

    for (size_t i = 0; i < kept; i++) {
        if (bench->offered[i] == care_of)
            return true;
    }
    return false;
}

static unsigned
count_mobile_home(const struct mipro_message *request)
{
    unsigned n = 0;

    for (struct mipro_ext e = { 0 }; mipro_ext_next(request, &e);)
        n += e.type == MIPRO_EXT_MOBILE_HOME;
    return n;
}

/* Is the first authentication extension not one for another agent (RFC 3344 3.2)? */
static bool
begins_with_home_agent(const struct mipro_message *request)
{
    for (struct mipro_ext e = { 0 }; mipro_ext_next(request, &e);) {
        if (e.type == MIPRO_EXT_MOBILE_HOME || e.type == MIPRO_EXT_GENERALIZED)
            return true;
        if (e.type == MIPRO_EXT_MOBILE_FOREIGN || e.type == MIPRO_EXT_FOREIGN_HOME)
            return false;
    }
    return true; /* there is none, which is judged elsewhere */
}

struct inj_judgement
inj_judge_request(const struct inj_bench *bench, const struct inj_trial *trial,
    const struct inj_answer *a, const struct mipro_message *request)
{
    const uint32_t care_of = (uint32_t)mipro_value(request, MIPRO_F_COA);
    const unsigned flags = (unsigned)mipro_value(request, MIPRO_F_FLAGS);
    const unsigned life = (unsigned)mipro_value(request, MIPRO_F_LIFE);
    const struct inj_text what = inj_describe(bench, a);
    struct offer offer;

    if (request->err != MIPRO_OK || !read_offer(trial->sent, trial->len, &offer))
        return inj_pass(); /* its form is judged with its authenticator */
    if (bench->association->replay == MIPRO_REPLAY_TIMESTAMP && trial->n_requests > 0 &&
        mipro_value(request, MIPRO_F_IDENT) <
            bench->requests[(trial->n_requests - 1) % INJ_EARLIER])
        return inj_judgement(INJ_FAIL,
            "%s: its timestamp is before that of the request before (RFC 2002 5.6.1)", what.s);
    if (!begins_with_home_agent(request))
        return inj_judgement(INJ_FAIL,
            "%s: the first authentication extension is not the one for the home agent (RFC 2002 "
            "3.6.1.3)",
            what.s);
    if (count_mobile_home(request) > 1)
        return inj_judgement(INJ_FAIL, "%s: it has %u extensions 32, not one (RFC 2002 3.5.2)",
            what.s, count_mobile_home(request));
    if ((flags & RESERVED) != 0 && bench->set.draft == MIPRO_DRAFT_08)
        return inj_judgement(
            INJ_WARN, "%s: its reserved bit is set (RFC 2002 3.3), and agents deny that", what.s);
    /* Co-located, it need not be an address that an agent offers, nor go to the agent. */
    if (flags & MIPRO_RRQ_D)
        return offers(&offer, care_of)
                   ? inj_judgement(INJ_FAIL,
                         "%s: D is set, but the care-of address is the agent's (RFC 2002 3.6.1.2)",
                         what.s)
                   : inj_pass();
    if (life > 0 && care_of != bench->home && !was_offered(bench, care_of))
        return inj_judgement(
            INJ_FAIL, "%s: no agent has offered that care-of address (RFC 2002 3.6.1.2)", what.s);
    if (!offers(&offer, care_of))
        return inj_pass(); /* about an earlier advertisement, or a deregistration */
    if (a->dst != trial->src)
        return inj_judgement(INJ_FAIL, "%s: the agent that offers the address is %s", what.s,
            mipro_dotted(trial->src).s);
    /* In an advertisement M and G are one bit further to the right. */
    if (flags & ~((unsigned)offer.flags << 1) & ENCAPSULATIONS)
        return inj_judgement(INJ_FAIL,
            "%s: it asks for an encapsulation (flags 0x%02x) that the agent does not offer "
            "(RFC 2002 3.6.1.2)",
            what.s, flags);
    if (life > offer.life)
        return inj_judgement(
            INJ_WARN, "%s: the agent advertises %u s (RFC 2002 3.6.1.2)", what.s, offer.life);
    return inj_pass();
}

const struct inj_answer *
inj_find_stale_request(const struct inj_bench *bench, const struct inj_trial *trial)
{
    const struct inj_answer *a;
    struct mipro_message m;
    struct offer offer;

    if (!read_offer(trial->sent, trial->len, &offer))
        return NULL;
    for (size_t i = 0;
         (a = inj_next_answer(bench, trial, MIPRO_REGISTRATION_REQUEST, &m, &i)) != NULL;) {
        if (inj_is_repeated(bench, &m, trial->n_requests) &&
            offers(&offer, (uint32_t)mipro_value(&m, MIPRO_F_COA)))
            return a;
    }
    return NULL;
}
