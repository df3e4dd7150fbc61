/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * make_capture MESSAGES NODES ASSOCIATIONS KEYS CAPTURE - a capture of route
 * optimization in order, and the key file to verify it.
 *
 * Home agents send correspondents, one of each per association, the bindings of their
 * mobile nodes: Binding Updates with A and I, each acknowledged 20 ms later,
 * all authenticated.  The same arguments give the same octets.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipro_build.h"
#include "mipro_sign.h"

#define START INT64_C(919944000) /* 1999-02-25T12:00:00Z */
#define NTP_OFFSET UINT64_C(2208988800)

enum { PER_SECOND = 10000, BEHIND = 200 /* messages between an update and its answer */ };

struct plan {
    uint64_t messages;
    uint32_t nodes, associations;
    const struct mipro_keyring *ring;
    FILE *out;
};

static uint32_t
home_agent(uint32_t association)
{
    return 0x0a010001 + 256 * (association % 50);
}

static uint32_t
correspondent(uint32_t association)
{
    return 0xc0000201 + association;
}

static void
put_be(uint8_t *p, uint64_t v, unsigned n)
{
    while (n-- != 0) {
        p[n] = (uint8_t)v;
        v >>= 8;
    }
}

static void
put_le(uint8_t *p, uint64_t v, unsigned n)
{
    for (unsigned i = 0; i < n; i++, v >>= 8)
        p[i] = (uint8_t)v;
}

static uint16_t
ip_checksum(const uint8_t *p)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < 20; i += 2)
        sum += (uint32_t)(p[i] << 8 | p[i + 1]);
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static void
write_frame(const struct plan *plan, uint64_t number, uint32_t src, uint32_t dst,
    const struct mipro_build *b)
{
    uint8_t frame[16 + 14 + 20 + 8 + 256] = { 0 };
    uint8_t *ether = frame + 16, *ip = ether + 14, *udp = ip + 20;
    size_t len = 14 + 20 + 8 + b->len;

    if (b->failed || b->len > 256) {
        fprintf(stderr, "make_capture: message %" PRIu64 " cannot be built\n", number);
        exit(1);
    }
    put_le(frame, (uint64_t)START + number / PER_SECOND, 4);
    put_le(frame + 4, number % PER_SECOND * (1000000 / PER_SECOND), 4);
    put_le(frame + 8, len, 4);
    put_le(frame + 12, len, 4);
    put_be(ether, 0x020000000001, 6);
    put_be(ether + 6, 0x020000000002, 6);
    put_be(ether + 12, 0x0800, 2);
    put_be(ip, 0x4500, 2);
    put_be(ip + 2, 20 + 8 + b->len, 2);
    put_be(ip + 4, number & 0xffff, 2);
    put_be(ip + 8, 0x4011, 2);
    put_be(ip + 12, src, 4);
    put_be(ip + 16, dst, 4);
    put_be(ip + 10, ip_checksum(ip), 2);
    put_be(udp, MIPRO_PORT, 2);
    put_be(udp + 2, MIPRO_PORT, 2);
    put_be(udp + 4, 8 + b->len, 2); /* checksum 0: none */
    memcpy(udp + 8, b->buf, b->len);
    if (fwrite(frame, 16 + len, 1, plan->out) != 1) {
        fprintf(stderr, "make_capture: %s\n", strerror(errno));
        exit(1);
    }
}

/* Write the update, or the acknowledge, of the k-th exchange. */
static void
write_message(const struct plan *plan, uint64_t number, uint64_t k, bool answer)
{
    static const struct mipro_settings set = MIPRO_SETTINGS;
    uint32_t node = (uint32_t)(k * 7919 % plan->nodes), association = node % plan->associations;
    uint64_t updates = k / plan->nodes; /* of this node so far */
    uint64_t seconds = (uint64_t)START + NTP_OFFSET + 2 * k / PER_SECOND;
    uint32_t home = 0x0a800000 + node;
    uint8_t buf[256];
    struct mipro_build b = mipro_build(buf, sizeof(buf),
        mipro_msg_def(
            answer ? MIPRO_BINDING_ACKNOWLEDGE : MIPRO_BINDING_UPDATE, MIPRO_SOURCE_DRAFT),
        &set);
    const struct mipro_association *s = mipro_keyring_at(plan->ring, association);

    mipro_put(&b, MIPRO_F_HOMEADDR, home);
    if (!answer) {
        mipro_put(&b, MIPRO_F_FLAGS, MIPRO_BU_A | MIPRO_BU_I);
        mipro_put(&b, MIPRO_F_LIFE, 300);
        mipro_put(&b, MIPRO_F_COA, 0xac100001 + (uint32_t)(updates % 200) * 256);
    }
    mipro_put(&b, MIPRO_F_IDENT, seconds << 32 | (2 * k % PER_SECOND) << 16);
    mipro_put_auth(&b, MIPRO_EXT_AUTH, s, 0, s->spi);
    if (answer)
        write_frame(plan, number, correspondent(association), home_agent(association), &b);
    else
        write_frame(plan, number, home_agent(association), correspondent(association), &b);
}

static void
write_keys(const char *path, uint32_t n)
{
    FILE *f = fopen(path, "w");

    if (f == NULL) {
        fprintf(stderr, "make_capture: %s: %s\n", path, strerror(errno));
        exit(1);
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t a = home_agent(i), b = correspondent(i);

        fprintf(f,
            "\"association-%" PRIu32 "\",\"%u.%u.%u.%u\",\"%u.%u.%u.%u\",\"%" PRIu32 "\",\"hex:", i,
            a >> 24, a >> 16 & 0xff, a >> 8 & 0xff, a & 0xff, b >> 24, b >> 16 & 0xff,
            b >> 8 & 0xff, b & 0xff, 0x1000 + i % 200);
        for (unsigned k = 0; k < 16; k++)
            fprintf(f, "%02x", (i + 1) * 2654435761u * (k + 3) >> 24);
        fprintf(f, "\",\"keyed-md5\",\"\",\"%s\"\n", i % 2 == 0 ? "timestamp" : "none");
    }
    if (fclose(f) != 0) {
        fprintf(stderr, "make_capture: %s: %s\n", path, strerror(errno));
        exit(1);
    }
}

int
main(int argc, char *argv[])
{
    uint8_t header[24] = { 0 };
    struct mipro_key_error err;
    struct mipro_keyring *ring;
    struct plan plan;
    uint64_t asked = 0, answered = 0;

    if (argc != 6) {
        fputs("usage: make_capture MESSAGES NODES ASSOCIATIONS KEYS CAPTURE\n", stderr);
        return 2;
    }
    plan.messages = strtoull(argv[1], NULL, 10);
    plan.nodes = (uint32_t)strtoul(argv[2], NULL, 10);
    plan.associations = (uint32_t)strtoul(argv[3], NULL, 10);
    if (plan.messages == 0 || plan.nodes == 0 || plan.associations == 0) {
        fputs("make_capture: no number may be 0\n", stderr);
        return 2;
    }
    write_keys(argv[4], plan.associations);
    ring = mipro_keyring_load(argv[4], NULL, NULL, &err);
    if (ring == NULL) {
        fprintf(stderr, "make_capture: %s:%u: %s\n", err.file, err.line, err.text);
        return 1;
    }
    plan.ring = ring;
    plan.out = strcmp(argv[5], "-") == 0 ? stdout : fopen(argv[5], "w");
    if (plan.out == NULL) {
        fprintf(stderr, "make_capture: %s: %s\n", argv[5], strerror(errno));
        return 1;
    }
    put_le(header, 0xa1b2c3d4, 4);
    put_le(header + 4, 2, 2);
    put_le(header + 6, 4, 2);
    put_le(header + 16, 262144, 4);
    put_le(header + 20, 1, 4);
    if (fwrite(header, sizeof(header), 1, plan.out) != 1)
        return 1;
    for (uint64_t i = 0; i < plan.messages; i++) {
        /* Updates and answers alternate, with the answers BEHIND messages later. */
        bool answer = i >= BEHIND && (i - BEHIND) % 2 != 0;

        write_message(&plan, i, answer ? answered++ : asked++, answer);
    }
    if (fclose(plan.out) != 0) {
        fprintf(stderr, "make_capture: %s: %s\n", argv[5], strerror(errno));
        return 1;
    }
    mipro_keyring_free(ring);
    return 0;
}
