/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list_messages CAPTURE - print a line for each message: frame, source, destination,
 * type.  The last line is "frames N", and the status 3 if the capture is damaged.
 * The differential test compares this with tshark.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "assemble.h"

static void
put_address(uint32_t a)
{
    printf("\t%u.%u.%u.%u", a >> 24, a >> 16 & 0xff, a >> 8 & 0xff, a & 0xff);
}

static void
list_batch(struct vrf_batch *b)
{
    for (uint32_t i = 0; i < b->messages.n; i++) {
        const struct vrf_message *m = &b->messages.at[i];

        if (m->late)
            continue;
        printf("%" PRIu64, m->frame);
        put_address(m->src);
        put_address(m->dst);
        printf("\t%u\n", mipro_message_type(&m->m));
    }
}

int
main(int argc, char *argv[])
{
    struct vrf_options o = { .format = &vrf_text_format, .quiet = true };
    struct vrf_assembler *assembler;
    struct vrf_batch *b = vrf_batch_new(1);
    struct vrf_capture *c;
    enum vrf_read how = VRF_READ_BROKEN;

    if (argc != 2)
        return 2;
    o.conduct = mipro_conduct_defaults();
    mipro_ports_add(&o.ports, MIPRO_PORT);
    assembler = vrf_assembler_new(&o);
    b->first_frame = 1;
    c = vrf_capture_open(argv[1], NULL, b->error);
    do {
        uint64_t next;

        if (c == NULL)
            break;
        how = vrf_capture_read(c, &b->block, b->error);
        next = b->first_frame + b->block.n_frames;
        b->ends_state = how != VRF_READ_MORE;
        vrf_inspect(b, &o);
        (void)vrf_assemble(assembler, b);
        list_batch(b);
        vrf_batch_empty(b);
        b->first_frame = next;
    } while (how == VRF_READ_MORE);
    if (how == VRF_READ_BROKEN)
        fprintf(stderr, "%s: %s\n", argv[1], b->error);
    printf("frames %" PRIu64 "\n", b->first_frame - 1);
    vrf_capture_close(c);
    vrf_assembler_free(assembler);
    vrf_batch_free(b);
    return how == VRF_READ_END ? 0 : 3;
}
