/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The frames of a case's packet: one frame, or the fragments that a recipe specifies or the MTU
 * requires.
 */
#include "cases/case.h"

#include <stdlib.h>

/* The fragments of a datagram, as a case sends them: from, octets; 0 octets: to the end. */
static const struct {
    size_t from, n;
} three_pieces[] = { { 0, 16 }, { 16, 16 }, { 32, 0 } };

static bool
put_pieces(const struct inj_frame *whole, enum inj_fragments how, struct inj_frame *piece,
    inj_frame_fn *fn, void *ctx)
{
    const size_t total = inj_frame_fragmentable(whole);
    const size_t count = sizeof(three_pieces) / sizeof(three_pieces[0]);

    for (size_t i = 0; i < count; i++) {
        const size_t at = how == INJ_REVERSED ? count - 1 - i : i;
        const size_t from = three_pieces[at].from;
        const bool last = three_pieces[at].n == 0;
        size_t n = last ? total - from : three_pieces[at].n;

        if (from >= total)
            return false; /* too short for three */
        if (how == INJ_OVERLAPPING && !last)
            n += 8;
        if (n > total - from)
            return false;
        inj_frame_piece(whole, from, n, !last, piece);
        if (how == INJ_OVERLAPPING && at > 0) /* the overlapping octets differ */
            piece->octets[piece->len - n] ^= 0xff;
        if (!fn(ctx, piece->octets, piece->len))
            return false;
    }
    return true;
}

static bool
put_by_mtu(
    const struct inj_frame *whole, size_t mtu, struct inj_frame *piece, inj_frame_fn *fn, void *ctx)
{
    const size_t total = inj_frame_fragmentable(whole);
    const size_t most = (mtu - 20) & ~(size_t)7;

    for (size_t from = 0; from < total; from += most) {
        const bool more = total - from > most;

        inj_frame_piece(whole, from, more ? most : total - from, more, piece);
        if (!fn(ctx, piece->octets, piece->len))
            return false;
    }
    return true;
}

bool
inj_packet_frames(struct inj_framer *framer, const struct inj_packet *packet, size_t mtu,
    inj_frame_fn *fn, void *ctx)
{
    struct inj_frame *frame = malloc(2 * sizeof(*frame));
    const bool built = frame != NULL && inj_frame_build(framer, frame, &packet->envelope,
                                            packet->payload, packet->len);
    bool put = built;

    if (built && packet->fragments == INJ_WHOLE && frame->len <= INJ_ETHER_LEN + mtu) {
        put = fn(ctx, frame->octets, frame->len);
    } else if (built) {
        /* Derived from the identification, which differs from packet to packet. */
        inj_frame_identify(frame, (uint16_t)(packet->ident >> 8 | 1));
        put = packet->fragments != INJ_WHOLE
                  ? put_pieces(frame, packet->fragments, frame + 1, fn, ctx)
                  : put_by_mtu(frame, mtu, frame + 1, fn, ctx);
    }
    free(frame);
    return put;
}
