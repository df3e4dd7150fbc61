/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets through the whole of epan, with the plugin linked in: no crash, and no octet
 * read beyond the packet, on the first pass, on the second, or when the file is closed.
 *
 * One octet chooses the settings.  Then packets follow, each with two octets for kind and
 * ends, and length, and the octets; few values, so that later messages are related to
 * earlier ones.  The IP header is prepended here.
 *
 * Opening a file costs epan a hundred times as much as a packet, so SHARED inputs share
 * one, a month apart.  A failure may need the inputs before it to be reproduced.
 */
#include "packet-mipro.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/tap.h>
#include <epan/timestamp.h>
#include <wiretap/wtap.h>
#include <wsutil/privileges.h>
#include <wsutil/wslog.h>

#define MAX_PACKETS 16
#define SHARED 64
#define MONTH (30 * 86400)
#define IP_HEADER 20
#define UDP_HEADER 8

enum kind { KIND_UDP, KIND_UDP_ANSWER, KIND_ICMP, KIND_MINIMAL, KIND_IPIP, KIND_GRE, KIND_QUOTED };

struct packet {
    uint8_t octets[2 * IP_HEADER + 8 + UDP_HEADER + 256];
    unsigned len, captured;
    nstime_t when;
    frame_data fd;
};

void plugin_register(void);

static struct packet packets[MAX_PACKETS];
static unsigned n_packets, first_frame;

static const char keys[] =
    "\"all\",\"*\",\"*\",\"0x1000\",\"text:sample key no. 0\",\"any\",\"\",\"timestamp\"\n"
    "\"pair\",\"10.1.0.1\",\"192.0.2.7\",\"0x1000\",\"text:sample key no. 0\",\"\",\"\",\"nonce\"\n"
    "\"old\",\"10.1.0.9\",\"10.2.0.1\",\"0x1002\",\"text:sample key no. 2\"\n"
    "\"master\",\"10.1.0.1\",\"*\",\"0x2000\",\"master:text:sample master key\"\n";

static const uint8_t ends[][4] = { { 10, 1, 0, 1 }, { 192, 0, 2, 7 }, { 10, 1, 0, 9 },
    { 10, 2, 0, 1 } };

const char *__asan_default_options(void);

/* What epan keeps until the process ends is not our leak. */
const char *
__asan_default_options(void)
{
    return "detect_leaks=0";
}

static void
demand(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "fuzz_epan: %s\n", what);
    abort();
}

static const nstime_t *
frame_time(struct packet_provider_data *unused _U_, guint32 frame)
{
    static const nstime_t long_ago;

    return frame >= first_frame && frame - first_frame < n_packets
               ? &packets[frame - first_frame].when
               : &long_ago;
}

static tap_packet_status
see_tapped(void *ctx _U_, packet_info *pinfo _U_, epan_dissect_t *edt _U_, const void *tapped _U_,
    tap_flags_t flags _U_)
{
    return TAP_PACKET_DONT_REDRAW;
}

static void
listen_to(const char *tap)
{
    static int contexts[2], n; /* a tap listener is identified by its address */
    GString *err =
        register_tap_listener(tap, &contexts[n++], NULL, 0, NULL, see_tapped, NULL, NULL);

    demand(err == NULL, tap);
}

static void
set_preference(const char *text)
{
    char *copy = g_strdup(text), *err = NULL;

    demand(prefs_set_pref(copy, &err) == PREFS_SET_OK, text);
    g_free(copy);
    g_free(err);
}

static void
set_keys(void)
{
    char path[] = "/tmp/fuzz_epan.XXXXXX", text[64];
    int fd = mkstemp(path);

    demand(fd >= 0 && write(fd, keys, sizeof(keys) - 1) == (ssize_t)sizeof(keys) - 1, path);
    close(fd);
    snprintf(text, sizeof(text), "mipro.key_file:%s", path);
    set_preference(text);
    prefs_apply_all();
    demand(mipro_ring() != NULL && mipro_keyring_count(mipro_ring()) == 4, "no keys");
    unlink(path);
}

static void
begin(void)
{
    /* No user's settings, and memory that the sanitizers check. */
    setenv("HOME", "/nonexistent", 1);
    setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    setenv("WIRESHARK_DEBUG_WMEM_OVERRIDE", "simple", 1);
    setenv("WIRESHARK_PLUGIN_DIR", "/nonexistent", 1); /* or the plugin is loaded twice */
#if MIPRO_WIRESHARK >= 406
    ws_log_init(NULL);
#else
    ws_log_init("fuzz_epan", NULL);
#endif
    init_process_policies();
    timestamp_set_type(TS_RELATIVE);
    timestamp_set_precision(TS_PREC_AUTO);
    timestamp_set_seconds_type(TS_SECONDS_DEFAULT);
    wtap_init(FALSE);
    plugin_register();
    demand(epan_init(NULL, NULL, FALSE), "epan_init");
    epan_load_settings();
    set_keys();
    listen_to("mipro");
    listen_to("expert");
}

static void
put_u16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

/* Returns the header's length. */
static unsigned
put_ip(uint8_t *p, unsigned len, uint8_t protocol, const uint8_t src[4], const uint8_t dst[4])
{
    memset(p, 0, IP_HEADER);
    p[0] = 0x45;
    put_u16(p + 2, IP_HEADER + len);
    p[8] = 64;
    p[9] = protocol;
    memcpy(p + 12, src, 4);
    memcpy(p + 16, dst, 4);
    return IP_HEADER;
}

static unsigned
put_udp(uint8_t *p, unsigned len, bool answer)
{
    put_u16(p, answer ? 434 : 5434);
    put_u16(p + 2, answer ? 5434 : 434);
    put_u16(p + 4, UDP_HEADER + len);
    put_u16(p + 6, 0);
    return UDP_HEADER;
}

static void
make_packet(struct packet *packet, uint8_t head, const uint8_t *body, unsigned len)
{
    static const uint8_t gre[4] = { 0, 0, 8, 0 }, unreachable[8] = { 3, 3 };
    const uint8_t *src = ends[head >> 3 & 3], *dst = ends[(head >> 3 & 3) ^ 1];
    uint8_t *p = packet->octets;

    switch (head & 7) {
    case KIND_UDP:
    case KIND_UDP_ANSWER:
        p += put_ip(p, UDP_HEADER + len, 17, src, dst);
        p += put_udp(p, len, (head & 7) == KIND_UDP_ANSWER);
        break;
    case KIND_ICMP:
        p += put_ip(p, len, 1, src, dst);
        break;
    case KIND_IPIP:
        p += put_ip(p, IP_HEADER + UDP_HEADER + len, 4, src, dst);
        p += put_ip(p, UDP_HEADER + len, 17, dst, src);
        p += put_udp(p, len, false);
        break;
    case KIND_GRE:
        p += put_ip(p, sizeof(gre) + IP_HEADER + UDP_HEADER + len, 47, src, dst);
        memcpy(p, gre, sizeof(gre));
        p += sizeof(gre);
        p += put_ip(p, UDP_HEADER + len, 17, dst, src);
        p += put_udp(p, len, false);
        break;
    case KIND_QUOTED:
        p += put_ip(p, sizeof(unreachable) + IP_HEADER + UDP_HEADER + len, 1, src, dst);
        memcpy(p, unreachable, sizeof(unreachable));
        p += sizeof(unreachable);
        p += put_ip(p, UDP_HEADER + len, 17, dst, src);
        p += put_udp(p, len, false);
        break;
    default:
        p += put_ip(p, len, 55, src, dst);
        break;
    }
    memcpy(p, body, len);
    packet->len = (unsigned)(p - packet->octets) + len;
    packet->captured = (head & 0x20) != 0 && len > 4 ? packet->len - 4 : packet->len;
}

/* Since 4.6 the record contains the octets, which were passed separately before. */
static void
run(epan_dissect_t *edt, wtap_rec *rec, uint8_t *octets, struct packet *packet)
{
#if MIPRO_WIRESHARK >= 406
    wtap_setup_packet_rec(rec, WTAP_ENCAP_RAW_IP4);
    rec->data.data = octets;
    rec->data.allocated = rec->data.first_free = packet->captured;
    epan_dissect_run_with_taps(edt, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, rec, &packet->fd, NULL);
#else
    epan_dissect_run_with_taps(edt, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, rec,
        tvb_new_real_data(octets, packet->captured, (int)packet->len), &packet->fd, NULL);
#endif
}

/* A block of exactly its size, so that every overread is detected. */
static void
dissect(epan_t *session, struct packet *packet, bool visible)
{
    uint8_t *exact = g_memdup2(packet->octets, packet->captured);
    epan_dissect_t *edt = epan_dissect_new(session, TRUE, visible);
    wtap_rec rec;

    memset(&rec, 0, sizeof(rec));
    rec.rec_type = REC_TYPE_PACKET;
    rec.presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN;
    rec.ts = packet->when;
    rec.rec_header.packet_header.caplen = packet->captured;
    rec.rec_header.packet_header.len = packet->len;
    rec.rec_header.packet_header.pkt_encap = WTAP_ENCAP_RAW_IP4;
    if (!packet->fd.visited)
        frame_data_init(&packet->fd, first_frame + (guint32)(packet - packets), &rec, 0, 0);
    run(edt, &rec, exact, packet);
    frame_data_set_after_dissect(&packet->fd, &(guint32){ 0 });
    epan_dissect_free(edt);
    g_free(exact);
}

static void
choose_settings(uint8_t octet)
{
    static const enum mipro_draft drafts[] = { MIPRO_DRAFT_08, MIPRO_DRAFT_09, MIPRO_DRAFT_11,
        MIPRO_DRAFT_08 };
    static const enum mipro_reading readings[] = { MIPRO_READING_AUTO, MIPRO_READING_DRAFT,
        MIPRO_READING_IANA, MIPRO_READING_AUTO };

    mipro_set.draft = drafts[octet & 3];
    mipro_set.reading = readings[octet >> 2 & 3];
}

static void
make_packets(const uint8_t *input, size_t len, int64_t now)
{
    size_t at = 1;

    n_packets = 0;
    while (n_packets < MAX_PACKETS && len - at >= 2) {
        struct packet *packet = &packets[n_packets++];
        uint8_t head = input[at];
        size_t body = MIN(input[at + 1], len - at - 2);

        memset(packet, 0, sizeof(*packet));
        make_packet(packet, head, input + at + 2, (unsigned)body);
        now += (head & 0x80) != 0 ? 6 : (head & 0x40) != 0 ? -1 : 0;
        packet->when.secs = (time_t)now;
        packet->when.nsecs = (int)n_packets;
        at += 2 + body;
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *input, size_t len)
{
    static const struct packet_provider_funcs provider = { frame_time, NULL, NULL, NULL };
    static unsigned n_inputs;
    static epan_t *session;

    if (len < 1)
        return 0;
    if (n_inputs == 0)
        begin();
    if (n_inputs % SHARED == 0) {
        if (session != NULL)
            epan_free(session);
        session = epan_new(NULL, &provider);
        first_frame = 1;
    }
    choose_settings(input[0]);
    make_packets(input, len, 919944000 + (int64_t)(n_inputs++ % SHARED) * MONTH);
    for (unsigned i = 0; i < n_packets; i++)
        dissect(session, &packets[i], (input[0] & 0x10) != 0);
    if ((input[0] & 0x20) != 0)
        postseq_cleanup_all_protocols();
    /* In another order, as a user may click. */
    for (unsigned i = n_packets; i-- > 0;)
        dissect(session, &packets[i], true);
    for (unsigned i = 0; i < n_packets; i++)
        frame_data_destroy(&packets[i].fd);
    first_frame += n_packets;
    return 0;
}
