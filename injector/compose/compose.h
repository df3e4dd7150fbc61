/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compose.h - from the content of a message to the octets of a UDP payload.
 *
 * Message commands, cases, scenarios, mutations and the tester all compose
 * here: the content first, then extensions, then the authenticator, with
 * changes before or after it as the caller chooses.
 */
#ifndef INJ_COMPOSE_H
#define INJ_COMPOSE_H

#include "compose/frame.h"
#include "mipro_build.h"
#include "mipro_sign.h"

#define INJ_ADVERTISEMENT 9u /* type of an ICMP router advertisement; not a message of ours */
#define INJ_DATA 0u          /* a datagram of a correspondent; not a message */

/* The content of a message.  Only the members that its type has are used. */
struct inj_content {
    uint8_t type; /* of enum mipro_type, or INJ_ADVERTISEMENT */
    uint16_t flags;
    uint16_t life;
    uint8_t code; /* or the status of a Binding Acknowledge */
    uint32_t home, agent, care_of;
    bool has_ident; /* for a Binding Update (which gets I) or Acknowledge */
    uint64_t ident;
    uint16_t sequence;         /* of an advertisement */
    uint32_t source;           /* of an advertisement: the router */
    const uint32_t *addresses; /* targets; the care-of addresses of an advertisement */
    size_t n_addresses;
};

struct inj_pfan {
    uint16_t life;
    uint32_t agent, care_of, spi;
    struct mipro_pfan_reading reading;
    enum mipro_coverage coverage; /* MIPRO_BODY or MIPRO_BODY_TYPE_LENGTH */
};

/* A payload under construction.  Not to be copied: b points into octets. */
struct inj_payload {
    struct mipro_build b;
    struct mipro_settings set;
    uint8_t type;    /* as composed, even if it was changed later */
    size_t len;      /* octets */
    size_t body_len; /* of them, without extensions */
    size_t pfan_off; /* of extension 96, or 0 */
    size_t pfan_len;
    size_t warn_off; /* of a Binding Warning extension, or 0 */
    size_t warn_len;
    size_t last_off; /* of the last extension, or 0 */
    size_t auth_off; /* of the authentication extension appended last, or 0 */
    const struct mipro_ext_def *last_def, *auth_def; /* NULL: unknown */
    struct mipro_candidate signer;                   /* its association */
    struct inj_pfan pfan;                            /* as it was appended */
    struct mipro_candidate pfan_signer;
    uint8_t octets[INJ_PAYLOAD_MAX];
};

/* Begin: the message without extensions.  False: a value does not fit its field. */
bool inj_compose(
    struct inj_payload *p, const struct inj_content *c, const struct mipro_settings *set);

/* Or begin a datagram that is not a message: n octets. */
void inj_compose_data(struct inj_payload *p, size_t n, const struct mipro_settings *set);

/* Append an extension of any type, its value as given. */
bool inj_put_ext(struct inj_payload *p, uint8_t type, const uint8_t *value, size_t n);
/* A challenge (RFC 4721) after all that the advertisement has.  False: there is no room for it. */
bool inj_put_advertised_challenge(struct inj_payload *p, const uint8_t *challenge, size_t n);
/* Append a Binding Warning extension. */
bool inj_put_warning(struct inj_payload *p, uint32_t home, const uint32_t *targets, size_t n);
/* Append a Previous Foreign Agent Notification, signed by an association (NULL: with zeros). */
bool inj_put_pfan(
    struct inj_payload *p, const struct inj_pfan *pfan, const struct mipro_candidate *signer);
/* Append an authentication extension (32-36) and compute its authenticator. */
bool inj_sign(
    struct inj_payload *p, uint8_t type, const struct mipro_candidate *signer, uint32_t spi);
/* Compute both authenticators again over the current octets, including changes made since. */
void inj_sign_again(struct inj_payload *p);

/*
 * The extension that signs a message of this type with this SPI: 32 in a registration or reply,
 * 36 in a registration by CHAP (RFC 4721), otherwise 35 or, in a later draft, 36.
 */
uint8_t inj_signing_type(uint8_t type, uint32_t spi, const struct mipro_settings *set);

/* Can it sign an extension of this type in a message of this type?  An association that answers a
 * challenge signs only Registration Requests. */
bool inj_can_sign(const struct mipro_association *association, uint8_t message, uint8_t ext);

/*
 * The association that signs an extension of this type in p, between these ends (ruling 6);
 * false if none has the SPI.  *valid is false if it is outside its validity at that time.
 */
bool inj_find_signer(const struct inj_payload *p, uint8_t type, uint32_t spi,
    const struct mipro_scene *scene, struct mipro_candidate *signer, bool *valid);
/* The same for a PFAN: home address and previous agent. */
bool inj_find_pfan_signer(const struct inj_payload *p, const struct inj_pfan *pfan,
    const struct mipro_scene *scene, struct mipro_candidate *signer, bool *valid);

/* The position of a field in p; ext.* and auth.* mean the last extension.  False if p has none. */
bool inj_find_field(const struct inj_payload *p, enum mipro_field id, size_t *off, size_t *len);

/* The n-th pseudo-random number of a seed; any n, in any order (splitmix64). */
uint64_t inj_random(uint64_t seed, uint64_t n);

/*
 * An identification that is an NTP time (RFC 2002 5.6.1): seconds, 12 bits of their
 * fraction, and the low 20 bits of low.
 */
uint64_t inj_time_ident(int64_t time, uint32_t low);
/* Seconds by which the time in an identification is ahead of now (ns since 1970). */
int64_t inj_ident_ahead(uint64_t ident, int64_t now);

#endif
