/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "compose/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHY_SIZE 320
#define ALL_SYSTEMS 0xe0000001u /* 224.0.0.1 */
#define ADVERT_TTL 1            /* it must not leave the link (RFC 2002 2.1) */
#define DEFAULT_TTL 64
#define DATA_PORT 5001
#define DATA_LEN 32

/* From the seed; in a scenario from the time, with the seed in the low bits. */
static uint64_t
ident_of(const struct inj_order *w, uint64_t n)
{
    const uint64_t random = inj_random(w->seed, n);

    return w->is_timed ? inj_time_ident(w->time, (uint32_t)random) : random;
}

static bool
read_flags(struct inj_order *w, const struct inj_options *o)
{
    const struct mipro_flag_def *flags = o->command == INJ_CMD_UPDATE ? mipro_update_flags()
                                         : o->command == INJ_CMD_REGISTRATION
                                             ? mipro_request_flags(&w->set)
                                             : mipro_advert_flags();
    char letters[20] = "", odd;
    size_t n = 0;

    if (!inj_given(o, INJ_OPT_FLAGS) ||
        inj_parse_flags(o->value[INJ_OPT_FLAGS].text, flags, &w->content.flags, &odd))
        return true;
    for (; flags->letter != 0; flags++)
        letters[n++] = flags->letter;
    inj_complain(
        "--flags: '%c' in '%s' is not one of %s", odd, o->value[INJ_OPT_FLAGS].text, letters);
    return false;
}

static bool
read_content(struct inj_order *w, const struct inj_options *o)
{
    static const uint8_t types[] = {
        [INJ_CMD_WARNING] = MIPRO_BINDING_WARNING,
        [INJ_CMD_REQUEST] = MIPRO_BINDING_REQUEST,
        [INJ_CMD_UPDATE] = MIPRO_BINDING_UPDATE,
        [INJ_CMD_ACKNOWLEDGE] = MIPRO_BINDING_ACKNOWLEDGE,
        [INJ_CMD_REGISTRATION] = MIPRO_REGISTRATION_REQUEST,
        [INJ_CMD_REPLY] = MIPRO_REGISTRATION_REPLY,
        [INJ_CMD_ADVERTISEMENT] = INJ_ADVERTISEMENT,
        [INJ_CMD_DATA] = INJ_DATA,
    };
    struct inj_content *c = &w->content;
    const struct inj_value *list = &o->value[INJ_OPT_TARGET];

    if (!read_flags(w, o))
        return false;
    c->type = types[o->command];
    c->life = (uint16_t)inj_number(o, INJ_OPT_LIFETIME, 0);
    c->code =
        (uint8_t)inj_number(o, o->command == INJ_CMD_REPLY ? INJ_OPT_CODE : INJ_OPT_STATUS, 0);
    c->home = (uint32_t)inj_number(o, INJ_OPT_HOME, 0);
    c->agent = (uint32_t)inj_number(o, INJ_OPT_HOME_AGENT, 0);
    c->care_of = (uint32_t)inj_number(o, INJ_OPT_CARE_OF, 0);
    c->source = (uint32_t)inj_number(o, INJ_OPT_SOURCE, 0);
    c->sequence = (uint16_t)inj_number(o, INJ_OPT_SEQUENCE, 0);
    if (o->command == INJ_CMD_ADVERTISEMENT)
        list = &o->value[INJ_OPT_CARE_OF_LIST];
    c->addresses = list->list;
    c->n_addresses = list->n_list;
    c->has_ident = inj_given(o, INJ_OPT_IDENT);
    c->ident = inj_number(o, INJ_OPT_IDENT, 0);
    /* If one is required, or flag I is set, and none is given: from the seed. */
    w->fresh_ident = !c->has_ident &&
                     (c->type == MIPRO_BINDING_REQUEST || c->type == MIPRO_REGISTRATION_REQUEST ||
                         c->type == MIPRO_REGISTRATION_REPLY ||
                         (c->type == MIPRO_BINDING_UPDATE && (c->flags & MIPRO_BU_I) != 0));
    c->has_ident |= w->fresh_ident;
    return true;
}

static bool
read_tunnels(struct inj_order *w, const struct inj_options *o)
{
    const struct inj_value *v = &o->value[INJ_OPT_TUNNEL];

    if (v->n_words > INJ_MAX_TUNNELS) {
        inj_complain("--tunnel: given %zu times; the limit is %u", v->n_words, INJ_MAX_TUNNELS);
        return false;
    }
    for (size_t i = 0; i < v->n_words; i++) {
        struct inj_tunnel *t = &w->envelope.tunnel[i];
        const char *kind = v->words[i], *src = strchr(kind, ',');
        const char *dst = src != NULL ? strchr(src + 1, ',') : NULL;
        char word[16] = "";

        if (dst != NULL && (size_t)(dst - src) < sizeof(word) + 1)
            memcpy(word, src + 1, (size_t)(dst - src - 1));
        if (dst == NULL || !inj_parse_address(word, &t->src) ||
            !inj_parse_address(dst + 1, &t->dst) ||
            (t->kind = inj_tunnel_by_name(kind, (size_t)(src - kind))) == INJ_TUNNEL_KINDS) {
            inj_complain(
                "--tunnel: '%s' is not a tunnel; give ipip, minimal or gre and two addresses, "
                "such as ipip,10.1.0.1,10.3.0.1",
                kind);
            return false;
        }
    }
    w->envelope.n_tunnels = (unsigned)v->n_words;
    return true;
}

static bool
read_envelope(struct inj_order *w, const struct inj_options *o)
{
    const bool advert = o->command == INJ_CMD_ADVERTISEMENT;
    const uint16_t port = o->command == INJ_CMD_DATA ? DATA_PORT : MIPRO_PORT;

    w->length = (size_t)inj_number(o, INJ_OPT_LENGTH, DATA_LEN);
    w->envelope = (struct inj_envelope){
        .src = (uint32_t)inj_number(o, INJ_OPT_SOURCE, 0),
        .dst = (uint32_t)inj_number(o, INJ_OPT_DESTINATION, ALL_SYSTEMS),
        .sport = (uint16_t)inj_number(o, INJ_OPT_SOURCE_PORT, port),
        .dport = (uint16_t)inj_number(o, INJ_OPT_DESTINATION_PORT, port),
        .ttl = (uint8_t)inj_number(o, INJ_OPT_TTL, advert ? ADVERT_TTL : DEFAULT_TTL),
        .protocol = advert ? INJ_ICMP : INJ_UDP,
    };
    return read_tunnels(w, o);
}

/* Words of --pfan-reading: "I=0", "M=1", "body", separated by commas or blanks. */
static bool
read_reading(struct inj_pfan *pfan, const char *text)
{
    char chosen[5] = ""; /* the first letters of the words so far, each of which is a choice */

    while (*text != '\0') {
        const size_t n = strcspn(text, ", ");
        bool *bit = text[0] == 'I'   ? &pfan->reading.ident
                    : text[0] == 'M' ? &pfan->reading.minimal
                    : text[0] == 'G' ? &pfan->reading.gre
                                     : NULL;

        if (bit != NULL && n == 3 && text[1] == '=' && (text[2] == '0' || text[2] == '1')) {
            *bit = text[2] == '1';
        } else if (n == 4 && strncmp(text, "body", n) == 0) {
            pfan->coverage = MIPRO_BODY;
        } else if (n == 16 && strncmp(text, "body-type-length", n) == 0) {
            pfan->coverage = MIPRO_BODY_TYPE_LENGTH;
        } else if (n != 0) {
            inj_complain("--pfan-reading: '%.*s' is not one of I=0 I=1 M=0 M=1 G=0 G=1 body "
                         "body-type-length",
                (int)n, text);
            return false;
        }
        if (n != 0) {
            if (strchr(chosen, *text) != NULL) {
                inj_complain(
                    "--pfan-reading: '%.*s' comes after another choice of the same; give one",
                    (int)n, text);
                return false;
            }
            chosen[strlen(chosen)] = *text;
        }
        text += n + (text[n] != '\0');
    }
    return true;
}

static bool
read_pfan(struct inj_order *w, const struct inj_options *o)
{
    static const enum inj_option only[] = { INJ_OPT_NEW_CARE_OF, INJ_OPT_CACHE_LIFETIME,
        INJ_OPT_PFAN_SPI, INJ_OPT_PFAN_READING };
    const struct inj_content *c = &w->content;

    w->has_pfan = inj_given(o, INJ_OPT_PREVIOUS_AGENT);
    if (!w->has_pfan) {
        for (size_t i = 0; i < sizeof(only) / sizeof(only[0]); i++)
            if (inj_given(o, only[i])) {
                inj_complain("%s: belongs to a Previous Foreign Agent Notification; "
                             "give --previous-agent=ADDR, or omit it",
                    inj_option_name(only[i]));
                return false;
            }
        return true;
    }
    if (!inj_given(o, INJ_OPT_KEYS) ||
        (!inj_given(o, INJ_OPT_PFAN_SPI) && !inj_given(o, INJ_OPT_SPI))) {
        inj_complain("--previous-agent: the notification must be signed; give --keys=FILE and "
                     "--pfan-spi=N");
        return false;
    }
    w->pfan = (struct inj_pfan){
        .life = (uint16_t)inj_number(o, INJ_OPT_CACHE_LIFETIME, c->life),
        .agent = (uint32_t)inj_number(o, INJ_OPT_PREVIOUS_AGENT, 0),
        .care_of = (uint32_t)inj_number(o, INJ_OPT_NEW_CARE_OF, c->care_of),
        .spi = (uint32_t)inj_number(o, INJ_OPT_PFAN_SPI, inj_number(o, INJ_OPT_SPI, 0)),
        .reading = { .ident = true,
            .minimal = (c->flags & MIPRO_RRQ_M) != 0,
            .gre = (c->flags & MIPRO_RRQ_G) != 0 },
        .coverage = MIPRO_BODY_TYPE_LENGTH,
    };
    return !inj_given(o, INJ_OPT_PFAN_READING) ||
           read_reading(&w->pfan, o->value[INJ_OPT_PFAN_READING].text);
}

static bool
read_challenge(struct inj_order *w, const struct inj_options *o)
{
    const char *hex = o->value[INJ_OPT_CHALLENGE].text;

    w->has_challenge = inj_given(o, INJ_OPT_CHALLENGE);
    if (!w->has_challenge ||
        inj_parse_hex(hex, w->challenge, sizeof(w->challenge), &w->challenge_len))
        return true;
    inj_complain("--challenge: '%s' is not up to 255 octets in hexadecimal, as 0123cdef", hex);
    return false;
}

static bool
read_settings(
    const struct inj_options *o, enum inj_option option, struct inj_setting **settings, size_t *n)
{
    const struct inj_value *v = &o->value[option];
    char why[WHY_SIZE];

    *settings = calloc(v->n_words + 1, sizeof(**settings));
    if (*settings == NULL)
        return false;
    for (*n = 0; *n < v->n_words; (*n)++)
        if (!inj_parse_setting(v->words[*n], &(*settings)[*n], why, sizeof(why))) {
            inj_complain("%s: %s", inj_option_name(option), why);
            return false;
        }
    return true;
}

bool
inj_order_read(struct inj_order *w, const struct inj_options *o)
{
    w->content = (struct inj_content){ 0 };
    w->fresh_ident = w->has_pfan = w->has_challenge = false;
    if (inj_given(o, INJ_OPT_SPI) && !inj_given(o, INJ_OPT_KEYS)) {
        inj_complain("--spi: selects an association of a key file; give --keys=FILE "
                     "(to send any SPI: --set auth.spi=N)");
        return false;
    }
    if (inj_given(o, INJ_OPT_KEYS) && !inj_given(o, INJ_OPT_SPI) &&
        !inj_given(o, INJ_OPT_PREVIOUS_AGENT)) {
        inj_complain("--keys: nothing is signed without an SPI; give --spi=N, or omit --keys");
        return false;
    }
    return read_content(w, o) && read_envelope(w, o) && read_pfan(w, o) && read_challenge(w, o) &&
           read_settings(o, INJ_OPT_SET_SIGNED, &w->before, &w->n_before) &&
           read_settings(o, INJ_OPT_SET, &w->after, &w->n_after);
}

static void
complain_of_spi(const char *option, uint32_t spi, const struct mipro_ends *ends, const char *file)
{
    inj_complain("%s: no association of %s has SPI 0x%x (%u) between %s and %s; add a "
                 "line to the file, or give its SPI and ends",
        option, file, spi, spi, mipro_dotted(ends->a).s, mipro_dotted(ends->b).s);
}

static void
warn_of_validity(const struct mipro_candidate *signer, bool valid)
{
    if (!valid)
        inj_complain("warning: association '%s' is outside its validity; signed with it all the "
                     "same",
            signer->association->name);
}

/* Report an association that cannot sign, because it answers a challenge and there is none. */
static void
complain_of_challenge(const struct inj_payload *p, const struct mipro_candidate *signer)
{
    const struct mipro_algorithm_def *def =
        mipro_algorithm_to_sign(signer->association->algorithm, 0);

    if (def == NULL || !def->needs_challenge)
        return;
    if (p->type == MIPRO_REGISTRATION_REQUEST)
        inj_complain(
            "--spi: '%s' belongs to %s, which answers a challenge; give --challenge=HEX of one "
            "octet or more, or --flags=D for a co-located care-of address",
            signer->association->name, def->name);
    else
        inj_complain("--spi: '%s' belongs to %s, which signs Registration Requests only",
            signer->association->name, def->name);
}

static bool
put_challenge(struct inj_payload *p, const uint8_t *challenge, size_t n)
{
    return p->type == INJ_ADVERTISEMENT ? inj_put_advertised_challenge(p, challenge, n)
                                        : inj_put_ext(p, MIPRO_EXT_CHALLENGE, challenge, n);
}

/* Append the PFAN and the other extensions that the options give, the authentication extension
 * last. */
static bool
sign(struct inj_order *w, const struct inj_options *o)
{
    struct inj_payload *p = &w->payload;
    const struct inj_value *warn = &o->value[INJ_OPT_WARN];
    const char *file = o->value[INJ_OPT_KEYS].text;
    struct mipro_scene scene = { w->envelope.src, w->envelope.dst, w->time, w->ring };
    const char *nai = o->value[INJ_OPT_NAI].text;
    struct mipro_candidate signer;
    bool valid;

    if (inj_given(o, INJ_OPT_NAI) &&
        !inj_put_ext(p, MIPRO_EXT_NAI, (const uint8_t *)nai, strlen(nai))) {
        inj_complain("--nai: %zu octets; an extension has room for 255", strlen(nai));
        return false;
    }
    if (w->has_pfan) {
        if (!inj_find_pfan_signer(p, &w->pfan, &scene, &signer, &valid)) {
            complain_of_spi("--pfan-spi", w->pfan.spi,
                &(struct mipro_ends){ w->content.home, w->pfan.agent }, file);
            return false;
        }
        warn_of_validity(&signer, valid);
        if (!inj_put_pfan(p, &w->pfan, &signer))
            return false;
    }
    if (warn->given && !inj_put_warning(p, w->content.home, warn->list, warn->n_list)) {
        inj_complain("--warn: %zu targets; an extension has room for 62", warn->n_list);
        return false;
    }
    if (w->has_challenge && !put_challenge(p, w->challenge, w->challenge_len))
        return false;
    if (inj_given(o, INJ_OPT_SPI)) {
        const uint32_t spi = (uint32_t)o->value[INJ_OPT_SPI].number;
        const uint8_t type = inj_signing_type(p->type, spi, &p->set);
        struct mipro_ends ends = { scene.src, scene.dst };

        if (!inj_find_signer(p, type, spi, &scene, &signer, &valid)) {
            if (type != mipro_auth_ext_type(&p->set) || spi == MIPRO_SPI_CHAP)
                ends = (struct mipro_ends){ w->content.home, w->content.agent };
            complain_of_spi("--spi", spi, &ends, file);
            return false;
        }
        warn_of_validity(&signer, valid);
        if (inj_sign(p, type, &signer, spi))
            return true;
        complain_of_challenge(p, &signer);
        return false;
    }
    return true;
}

static bool
apply(struct inj_payload *p, const struct inj_setting *settings, size_t n, enum inj_option option)
{
    char why[WHY_SIZE];

    for (size_t i = 0; i < n; i++) {
        if (option == INJ_OPT_SET_SIGNED && (settings[i].field == MIPRO_F_AUTHENTICATOR ||
                                                settings[i].field == MIPRO_F_PFAN_AUTHENTICATOR)) {
            inj_complain("--set-signed: %s is computed after it; use --set",
                mipro_field_name(settings[i].field));
            return false;
        }
        if (!inj_apply_setting(p, &settings[i], why, sizeof(why))) {
            inj_complain("%s: %s", inj_option_name(option), why);
            return false;
        }
    }
    return true;
}

bool
inj_order_compose(struct inj_order *w, const struct inj_options *o)
{
    if (w->fresh_ident)
        w->content.ident = ident_of(w, 0);
    if (w->content.type == INJ_DATA) {
        inj_compose_data(&w->payload, w->length, &w->set);
        return inj_order_damage(w);
    }
    if (!inj_compose(&w->payload, &w->content, &w->set)) {
        inj_complain("%s: %zu addresses do not fit; the limit is 62", inj_command_name(o->command),
            w->content.n_addresses);
        return false;
    }
    if (!sign(w, o) || !apply(&w->payload, w->before, w->n_before, INJ_OPT_SET_SIGNED))
        return false;
    if (w->n_before > 0)
        inj_sign_again(&w->payload);
    return inj_order_damage(w);
}

bool
inj_order_damage(struct inj_order *w)
{
    if (w->n_after > 0)
        memcpy(w->intact, w->payload.octets, w->payload.len);
    return apply(&w->payload, w->after, w->n_after, INJ_OPT_SET);
}

/* 65535 is followed by 256: lower values mean that the agent restarted (RFC 2002 2.3.2). */
static uint64_t
sequence_of(const struct inj_order *w, uint64_t n)
{
    const uint64_t sequence = w->content.sequence + n;

    return sequence <= 0xffff ? sequence : 256 + (sequence - 0x10000) % (0x10000 - 256);
}

void
inj_order_renew(struct inj_order *w, uint64_t n)
{
    struct inj_payload *p = &w->payload;
    const enum mipro_field field = w->fresh_ident ? MIPRO_F_IDENT : MIPRO_F_ADV_SEQUENCE;
    struct inj_setting ident = { .field = field,
        .number = w->fresh_ident ? ident_of(w, n) : sequence_of(w, n) };
    char why[WHY_SIZE];

    /* Octets changed by --set must not be signed. */
    if (w->n_after > 0)
        memcpy(p->octets, w->intact, p->len);
    inj_apply_setting(p, &ident, why, sizeof(why));
    for (size_t i = 0; i < w->n_before; i++)
        inj_apply_setting(p, &w->before[i], why, sizeof(why));
    inj_sign_again(p);
    for (size_t i = 0; i < w->n_after; i++)
        inj_apply_setting(p, &w->after[i], why, sizeof(why));
}

bool
inj_order_varies(const struct inj_order *w)
{
    return w->fresh_ident || w->content.type == INJ_ADVERTISEMENT;
}

bool
inj_order_frame(const struct inj_order *w, struct inj_framer *framer, struct inj_frame *frame)
{
    const struct inj_envelope *e = &w->envelope;

    if (inj_frame_build(framer, frame, e, w->payload.octets, w->payload.len))
        return true;
    inj_complain(
        "%zu octets%s do not fit in a datagram, which holds at most 65535 including headers; "
        "send fewer",
        w->payload.len, e->n_tunnels > 0 ? " and a tunnel" : "");
    return false;
}

void
inj_order_free(struct inj_order *w)
{
    free(w->before);
    free(w->after);
    w->before = w->after = NULL;
}
