/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "conduct/handoffs.h"
#include "conduct/private.h"
#include "conduct/registrations.h"

const struct kinds mipro_kinds = {
    .waits = {
        [WAIT_ACK] = {
            .rule = MIPRO_RULE_UPDATE_UNACKNOWLEDGED,
            .expired = mipro_ack_expired,
            .dropped = mipro_ack_dropped,
        },
        [WAIT_UNMATCHED] = {
            .rule = MIPRO_RULE_ACKNOWLEDGE_UNSOLICITED,
            .rule_of = mipro_unmatched_rule,
            .expired = mipro_unmatched_expired,
            .dropped = mipro_unmatched_dropped,
        },
        [WAIT_FORGED] = {
            .rule = MIPRO_RULES,
            .expired = mipro_wait_end,
            .gave_way = mipro_forged_gave_way,
            .ended = mipro_forged_ended,
        },
        [WAIT_ANSWER] = {
            .rule = MIPRO_RULE_REQUEST_UNANSWERED,
            .rule_of = mipro_answer_rule,
            .expired = mipro_answer_expired,
            .stays = true,
        },
        [WAIT_TARGET] = {
            .rule = MIPRO_RULE_WARNING_UNANSWERED,
            .expired = mipro_target_expired,
            .stays = true,
        },
        [WAIT_ASKED] = { /* always done */
            .rule = MIPRO_RULES,
            .expired = mipro_asked_expired,
            .done_expired = mipro_asked_expired,
        },
        [WAIT_REPLY] = {
            .rule = MIPRO_RULE_REPLY_MISMATCH,
            .expired = mipro_reply_expired,
        },
        [WAIT_HELD] = {
            .rule = MIPRO_RULES,
            .expired = mipro_held_expired,
            .dropped = mipro_held_dropped,
            .ended = mipro_held_ended,
        },
        [WAIT_HANDOFF] = {
            .rule = MIPRO_RULE_HANDOFF_NO_UPDATE,
            .rule_of = mipro_handoff_rule,
            .expired = mipro_handoff_expired,
            .ended = mipro_handoff_ended,
        },
        [WAIT_PFAN] = {
            .rule = MIPRO_RULES,
            .expired = mipro_pending_expired,
            .dropped = mipro_pending_dropped,
            .ended = mipro_pending_ended,
        },
    },
    .doubts = {
        [HELD_REGISTRATION] = mipro_registry_doubt,
        [HELD_BELIEF] = mipro_belief_doubt,
        [HELD_ADVERTISED] = mipro_advertised_doubt,
        [HELD_HANDOFF] = mipro_handoff_doubt,
        [HELD_NONCE] = mipro_nonce_doubt,
        [HELD_REPLAY] = mipro_replay_doubt,
        [HELD_REFUSED] = mipro_refused_doubt,
        [HELD_RATE] = mipro_rate_doubt,
        [HELD_TWIN] = mipro_twin_doubt,
    },
};
