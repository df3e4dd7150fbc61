/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evidence/pcapng_out.h"

#include <string.h>

#include "mipro_time.h"

enum {
    SECTION = 0x0a0d0d0a,
    INTERFACE = 1,
    PACKET = 6, /* an Enhanced Packet Block */
    OPT_END = 0,
    OPT_COMMENT = 1,
    SHB_APPLICATION = 4,
    IF_NAME = 2,
    IF_DESCRIPTION = 3,
    IF_RESOLUTION = 9,
    MAX_OPTION = 65535
};

static void
put_u32(GString *b, uint32_t v)
{
    v = GUINT32_TO_LE(v);
    g_string_append_len(b, (const char *)&v, sizeof(v));
}

static void
put_u16(GString *b, uint16_t v)
{
    v = GUINT16_TO_LE(v);
    g_string_append_len(b, (const char *)&v, sizeof(v));
}

static void
pad(GString *b)
{
    while (b->len % 4 != 0)
        g_string_append_c(b, '\0');
}

static void
put_option(GString *b, uint16_t code, const char *value, size_t len)
{
    if (len > MAX_OPTION)
        len = MAX_OPTION;
    put_u16(b, code);
    put_u16(b, (uint16_t)len);
    g_string_append_len(b, value, (gssize)len);
    pad(b);
}

/* Write a block with this body, which is freed. */
static void
put_block(struct vrf_out *out, uint32_t type, GString *body)
{
    uint32_t head[2] = { GUINT32_TO_LE(type), GUINT32_TO_LE((uint32_t)body->len + 12) };

    vrf_put_octets(out, (const char *)head, sizeof(head));
    vrf_put_octets(out, body->str, body->len);
    vrf_put_octets(out, (const char *)&head[1], sizeof(head[1]));
    g_string_free(body, TRUE);
}

void
vrf_pcapng_section(struct vrf_out *out, const char *application)
{
    GString *b = g_string_new(NULL);

    put_u32(b, 0x1a2b3c4d);
    put_u16(b, 1);
    put_u16(b, 0);
    put_u32(b, UINT32_MAX); /* the length of the section is not known */
    put_u32(b, UINT32_MAX);
    put_option(b, SHB_APPLICATION, application, strlen(application));
    put_option(b, OPT_END, "", 0);
    put_block(out, SECTION, b);
}

void
vrf_pcapng_interface(struct vrf_out *out, uint16_t linktype, const char *name,
    const char *description, bool has_time)
{
    GString *b = g_string_new(NULL);
    char resolution = has_time ? 9 : 0;

    put_u16(b, linktype);
    put_u16(b, 0);
    put_u32(b, 0); /* no limit to what is captured */
    if (name != NULL)
        put_option(b, IF_NAME, name, strlen(name));
    put_option(b, IF_DESCRIPTION, description, strlen(description));
    put_option(b, IF_RESOLUTION, &resolution, 1);
    put_option(b, OPT_END, "", 0);
    put_block(out, INTERFACE, b);
}

/* The number of octets that pad n octets to a multiple of 4. */
static uint32_t
padding(uint32_t n)
{
    return (4 - n % 4) % 4;
}

/* Written directly to the output, because there may be many millions of packets. */
void
vrf_pcapng_packet(struct vrf_out *out, uint32_t interface, const struct vrf_frame *frame,
    const uint8_t *octets, uint32_t captured, const GString *comment)
{
    static const char zeros[4] = "";
    uint64_t stamp =
        frame->time == MIPRO_TIME_NONE || frame->time < 0 ? UINT64_MAX : (uint64_t)frame->time;
    uint32_t n = comment->len < MAX_OPTION ? (uint32_t)comment->len : MAX_OPTION;
    uint16_t option[2] = { GUINT16_TO_LE(OPT_COMMENT), GUINT16_TO_LE((uint16_t)n) };
    uint32_t head[7] = { PACKET, 0, interface, (uint32_t)(stamp >> 32), (uint32_t)stamp, captured,
        frame->len };

    head[1] = (uint32_t)(sizeof(head) + sizeof(option) + sizeof(zeros) + sizeof(head[1])) +
              captured + padding(captured) + n + padding(n);
    for (size_t i = 0; i < G_N_ELEMENTS(head); i++)
        head[i] = GUINT32_TO_LE(head[i]);
    vrf_put_octets(out, (const char *)head, sizeof(head));
    if (captured != 0)
        vrf_put_octets(out, (const char *)octets, captured);
    vrf_put_octets(out, zeros, padding(captured));
    vrf_put_octets(out, (const char *)option, sizeof(option));
    vrf_put_octets(out, comment->str, n);
    vrf_put_octets(out, zeros, padding(n));
    vrf_put_octets(out, zeros, sizeof(zeros)); /* the end of options */
    vrf_put_octets(out, (const char *)&head[1], sizeof(head[1]));
}
