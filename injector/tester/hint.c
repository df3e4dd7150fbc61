/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tester/hint.h"

#include <stdio.h>

#define TOO_LONG 69
#define OTHER_AGENT 136
#define FOREIGN_AUTHENTICATION 67
#define AUTHENTICATION 131
#define AGENT_AUTHENTICATION 132

#define KEYS "are key, algorithm and SPI those of the node?"
#define KNOWS_KEY                                                                                  \
    "its own authenticator is good, so key, algorithm and SPI are right: does it verify the "      \
    "octets as they came?"
#define CLOCK "is the association's replay protection that of the node, and is its clock right?"
#define FIELDS "see --flags, --lifetime and --nai"
#define REVERSE                                                                                    \
    "it wants reverse tunneling; see --flags, where bit 0x02 is P, or T from draft -09 on"
#define UNREACHABLE "it cannot reach the home agent; see --home-agent"
#define CHALLENGE                                                                                  \
    "it wants the answer to a challenge of its own, which the tester does not have; its "          \
    "challenges "                                                                                  \
    "must be turned off"

/* Codes of a Registration Reply (RFC 2002 3.4, RFC 3024, RFC 4721), with what may be the cause. */
static const struct {
    uint8_t from, to;
    const char *hint;
} hints[] = {
    /* clang-format off */
    {  65,  65, "it refuses this node for administrative reasons" },
    {  66,  66, "it lacks resources, or serves too many nodes already" },
    {  68,  68, "it refuses the authentication between home agent and foreign agent" },
    {  70,  73, FIELDS },
    {  74,  74, "it does no reverse tunneling; see --flags, where bit 0x02 is P, or T from draft -09 on" },
    {  75,  75, REVERSE },
    {  76,  76, "it takes the mobile node for too far away, perhaps because of its TTL" },
    {  77,  77, "it does not offer this care-of address; see --care-of" },
    {  78,  78, "its home agent did not answer it in time; see --home-agent" },
    {  79,  79, "it cannot do this kind of delivery; see --flags" },
    {  80,  95, UNREACHABLE },
    { 104, 106, CHALLENGE },
    { 129, 129, "it refuses this node for administrative reasons; " FIELDS },
    { 130, 130, "it lacks resources, or serves too many nodes already" },
    { 131, 131, KEYS },
    { 133, 133, CLOCK },
    { 134, 134, FIELDS },
    { 135, 135, "the mobile node has too many bindings already; do others register it?" },
    { 137, 137, "it does no reverse tunneling; see --flags, where bit 0x02 is P, or T from draft -09 on" },
    { 138, 138, REVERSE },
    { 139, 139, "it cannot do this encapsulation; see --flags" },
    /* clang-format on */
};

static const char *
find_hint(uint64_t code)
{
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        if (code >= hints[i].from && code <= hints[i].to)
            return hints[i].hint;
    }
    return NULL;
}

/* It may lack the extension between mobile node or home agent and the foreign agent altogether. */
static const char *
hint_at_foreign(const struct inj_bench *bench, uint8_t ext)
{
    if (bench->has_foreign_spi)
        return KEYS;
    return ext == MIPRO_EXT_MOBILE_FOREIGN
               ? "it may want extension 33: give --foreign-spi=N, the SPI between mobile node and "
                 "foreign agent"
               : "it may want extension 34: give --foreign-spi=N, the SPI between foreign agent "
                 "and home agent";
}

struct inj_text
inj_reply_hint(const struct inj_bench *bench, const struct mipro_message *reply, bool is_authentic)
{
    struct inj_text hint = { "" };
    const unsigned life = (unsigned)mipro_value(reply, MIPRO_F_LIFE);
    const uint64_t code = mipro_value(reply, MIPRO_F_CODE);
    const char *text = find_hint(code);

    switch (code) {
    case TOO_LONG:
        if (life > 0)
            (void)snprintf(
                hint.s, sizeof(hint.s), "; the lifetime is too long, --lifetime=%u is not", life);
        else
            (void)snprintf(hint.s, sizeof(hint.s), "; the lifetime is too long, see --lifetime");
        return hint;
    case OTHER_AGENT:
        (void)snprintf(hint.s, sizeof(hint.s),
            "; it says that the home agent is %s: see --destination and --home-agent",
            mipro_dotted((uint32_t)mipro_value(reply, MIPRO_F_HOMEAGENT)).s);
        return hint;
    case FOREIGN_AUTHENTICATION:
        text = hint_at_foreign(bench, MIPRO_EXT_MOBILE_FOREIGN);
        break;
    case AUTHENTICATION:
        text = is_authentic ? KNOWS_KEY : text;
        break;
    case AGENT_AUTHENTICATION:
        text = hint_at_foreign(bench, MIPRO_EXT_FOREIGN_HOME);
        break;
    default:
        break;
    }
    if (text != NULL)
        (void)snprintf(hint.s, sizeof(hint.s), "; %s", text);
    return hint;
}

struct inj_text
inj_ack_hint(const struct mipro_message *ack, bool is_authentic)
{
    struct inj_text hint = { "" };

    switch (mipro_value(ack, MIPRO_F_STATUS)) {
    case 129:
        (void)snprintf(hint.s, sizeof(hint.s), "; see --home and --care-of");
        break;
    case AUTHENTICATION:
        (void)snprintf(hint.s, sizeof(hint.s), "; %s", is_authentic ? KNOWS_KEY : KEYS);
        break;
    case 133:
        (void)snprintf(hint.s, sizeof(hint.s), "; " CLOCK);
        break;
    case 134:
        (void)snprintf(hint.s, sizeof(hint.s), "; see --flags, --lifetime and --draft");
        break;
    default:
        break;
    }
    return hint;
}
