/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "send/interrupt.h"

#define IP_HEADER 20u

static void
warn_of_keys(void *ctx, const char *text)
{
    (void)ctx;
    inj_complain("warning: %s", text);
}

bool
inj_read_draft(const struct inj_options *o, enum mipro_draft *draft)
{
    *draft = MIPRO_DRAFT_08;
    if (!inj_given(o, INJ_OPT_DRAFT) || inj_parse_draft(o->value[INJ_OPT_DRAFT].text, draft))
        return true;
    inj_complain("--draft: '%s' is not one of 08, 09, 11", o->value[INJ_OPT_DRAFT].text);
    return false;
}

static bool
read_settings(struct inj_session *s)
{
    const struct inj_options *o = s->options;
    enum mipro_draft draft = MIPRO_DRAFT_08;
    const char *clash;

    s->set = (struct mipro_settings)MIPRO_SETTINGS;
    s->set.warning_ext = (uint8_t)inj_number(o, INJ_OPT_WARNING_EXT, MIPRO_EXT_WARNING);
    clash = mipro_warning_ext_clash(s->set.warning_ext);
    if (clash != NULL) {
        inj_complain(
            "--warning-ext: %u is the type of another extension, %s", s->set.warning_ext, clash);
        return false;
    }
    if (!inj_read_draft(o, &draft))
        return false;
    s->set.draft = draft;
    return true;
}

static bool
read_mac(struct inj_session *s)
{
    const char *text = s->options->value[INJ_OPT_MAC].text;
    unsigned octet[INJ_MAC_LEN];
    char rest;

    if (!inj_given(s->options, INJ_OPT_MAC))
        return true;
    if (strlen(text) != 17 || sscanf(text, "%2x:%2x:%2x:%2x:%2x:%2x%c", &octet[0], &octet[1],
                                  &octet[2], &octet[3], &octet[4], &octet[5], &rest) != 6) {
        inj_complain(
            "--destination-mac: '%s' is not a MAC address such as 02:00:0a:01:00:01", text);
        return false;
    }
    for (size_t i = 0; i < INJ_MAC_LEN; i++)
        s->mac[i] = (uint8_t)octet[i];
    s->has_mac = true;
    return true;
}

enum inj_status
inj_session_begin(struct inj_session *s, const struct inj_options *o)
{
    struct mipro_key_error error;
    char text[600];

    *s = (struct inj_session){ .options = o, .seed = inj_number(o, INJ_OPT_SEED, 1) };
    if (!read_settings(s) || !read_mac(s))
        return INJ_USAGE;
    if (inj_given(o, INJ_OPT_KEYS)) {
        s->ring = mipro_keyring_load(o->value[INJ_OPT_KEYS].text, warn_of_keys, NULL, &error);
        if (s->ring == NULL) {
            mipro_key_error_text(&error, text, sizeof(text));
            inj_complain("%s", text);
            return INJ_USAGE;
        }
    }
    s->framer = inj_framer_new();
    s->piece = malloc(sizeof(*s->piece));
    if (s->framer == NULL || s->piece == NULL) {
        inj_complain("libnet cannot be started, or out of memory");
        return INJ_UNSENT;
    }
    return INJ_DONE;
}

bool
inj_is_same_file(const char *a, const char *b)
{
    struct stat first, second;

    if (stat(a, &first) != 0 || stat(b, &second) != 0)
        return strcmp(a, b) == 0;
    return S_ISREG(first.st_mode) && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

/* What is read must not be overwritten: the key file, the scenario. */
static bool
spares_input(const struct inj_options *o)
{
    const char *out = o->value[INJ_OPT_WRITE].text;
    const char *read[] = { inj_given(o, INJ_OPT_KEYS) ? o->value[INJ_OPT_KEYS].text : NULL,
        o->command == INJ_CMD_SCENARIO && o->n_operands > 0 ? o->operands[0] : NULL };

    if (!inj_given(o, INJ_OPT_WRITE))
        return true;
    for (size_t i = 0; i < sizeof(read) / sizeof(read[0]); i++) {
        if (read[i] != NULL && inj_is_same_file(out, read[i])) {
            inj_complain("--write: %s is read, and would be overwritten; give another file", out);
            return false;
        }
    }
    return true;
}

static void
complain_about_output(const char *where, const char *why)
{
    inj_complain("%s: %s", strcmp(where, "-") == 0 ? "standard output" : where, why);
}

enum inj_status
inj_session_open(struct inj_session *s)
{
    const struct inj_options *o = s->options;
    const bool live = inj_given(o, INJ_OPT_INTERFACE);
    const char *where = o->value[live ? INJ_OPT_INTERFACE : INJ_OPT_WRITE].text;
    char why[256];

    if (!spares_input(o))
        return INJ_USAGE;
    s->sink =
        live ? inj_sink_interface(where, why, sizeof(why)) : inj_sink_file(where, why, sizeof(why));
    if (s->sink == NULL) {
        complain_about_output(where, why);
        return live ? INJ_USAGE : INJ_UNSENT;
    }
    s->mtu = (size_t)inj_number(o, INJ_OPT_MTU, inj_sink_mtu(s->sink));
    inj_catch_interrupts();
    s->pace = inj_pace(o, s->sink);
    return INJ_DONE;
}

enum inj_status
inj_session_end(struct inj_session *s, enum inj_status status)
{
    const bool live = inj_given(s->options, INJ_OPT_INTERFACE);
    char why[256];

    if (s->sink != NULL) {
        inj_sink_flush(s->sink);
        inj_pace_report(&s->pace);
        if (!inj_sink_close(s->sink, why, sizeof(why))) {
            if (!live && why[0] != '\0')
                complain_about_output(s->options->value[INJ_OPT_WRITE].text, why);
            if (status == INJ_DONE)
                status = INJ_UNSENT;
        }
    }
    if (status == INJ_DONE && inj_interrupted())
        status = INJ_UNSENT; /* not completely */
    free(s->piece);
    inj_framer_free(s->framer);
    mipro_keyring_free(s->ring);
    return status;
}

int64_t
inj_session_time(const struct inj_session *s)
{
    struct timespec now;

    if (inj_given(s->options, INJ_OPT_INTERFACE)) {
        clock_gettime(CLOCK_REALTIME, &now);
        return now.tv_sec * MIPRO_SECOND + now.tv_nsec;
    }
    return inj_given(s->options, INJ_OPT_START) ? s->options->value[INJ_OPT_START].time
                                                : INJ_FILE_START;
}

void
inj_session_link(const struct inj_session *s, struct inj_envelope *e, uint8_t mac[INJ_MAC_LEN])
{
    static const uint8_t none[INJ_MAC_LEN];
    const uint32_t dst = e->n_tunnels > 0 ? e->tunnel[e->n_tunnels - 1].dst : e->dst;
    const bool group = dst >> 28 == 0xe || dst == UINT32_MAX;

    e->src_mac = inj_sink_mac(s->sink);
    e->dst_mac = NULL; /* derived from the address */
    if (e->src_mac == NULL || (group && !s->has_mac))
        return;
    e->dst_mac = mac;
    if (s->has_mac)
        memcpy(mac, s->mac, INJ_MAC_LEN);
    else if (memcmp(e->src_mac, none, INJ_MAC_LEN) == 0)
        memset(mac, 0, INJ_MAC_LEN); /* loopback */
    else if (!inj_sink_neighbour(s->sink, dst, mac))
        memset(mac, 0xff, INJ_MAC_LEN); /* the owner of the address accepts it */
}

bool
inj_session_put(struct inj_session *s, int64_t time, struct inj_frame *frame)
{
    const size_t total = inj_frame_fragmentable(frame);
    const size_t most = (s->mtu - IP_HEADER) & ~(size_t)7;
    bool put = true;

    if (frame->len <= INJ_ETHER_LEN + s->mtu)
        return inj_sink_put(s->sink, time, frame->octets, frame->len);
    inj_frame_identify(frame, ++s->fragmented);
    for (size_t from = 0; put && from < total; from += most) {
        const bool more = total - from > most;

        inj_frame_piece(frame, from, more ? most : total - from, more, s->piece);
        put = inj_sink_put(s->sink, time, s->piece->octets, s->piece->len);
    }
    return put;
}
