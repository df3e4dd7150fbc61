/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "send/sink.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdarg.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "send/live.h"
#include "send/pcapng.h"
#include "cli/options.h"

#define SNAPLEN 262144
#define BUFFER_SIZE (1u << 20)
#define FILE_MTU 1500u
#define NANOSECONDS 1000000000
#define PCAP_LATEST (UINT32_MAX * (int64_t)NANOSECONDS + NANOSECONDS - 1) /* 32 bits of seconds */

struct inj_sink {
    struct inj_live *live; /* NULL: a file */
    pcap_t *pcap;          /* with pcap_dump() */
    pcap_dumper_t *dumper; /* the same stream as file */
    FILE *file;
    bool is_pcapng;
    bool failed;
    char *path; /* to be unlinked if no complete frame was written; NULL: keep the file */
    char *buffer;
    size_t pending;  /* octets in the buffer */
    uint64_t whole;  /* octets of the file at its last flush, which ended with a frame */
    uint64_t frames; /* frames at that point */
    struct inj_sent sent;
    char why[256];
};

/* A closed pipe needs no explanation. */
static const char *
reason_of(int error)
{
    return error == EPIPE ? "" : strerror(error);
}

static void
fail(struct inj_sink *s, const char *reason)
{
    if (!s->failed)
        snprintf(s->why, sizeof(s->why), "%s", reason);
    s->failed = true;
}

/* Write everything pending to the file, or cut it back to a whole frame. */
static bool
flush_file(struct inj_sink *s)
{
    struct stat st;

    if (s->failed)
        return false;
    if (fflush(s->file) == 0) {
        s->whole += s->pending;
        s->pending = 0;
        s->frames = s->sent.frames;
        return true;
    }
    fail(s, reason_of(errno));
    __fpurge(s->file);
    s->sent.frames = s->frames;
    if (fstat(fileno(s->file), &st) != 0 || !S_ISREG(st.st_mode))
        return false;
    if (s->whole == 0 && s->path != NULL)
        (void)unlink(s->path);
    else if (ftruncate(fileno(s->file), (off_t)s->whole) != 0)
        fail(s, reason_of(errno));
    return false;
}

/* Make room in the buffer for a record of n octets, so that stdio never writes only part of it. */
static bool
reserve(struct inj_sink *s, size_t n)
{
    if (s->pending + n > BUFFER_SIZE && !flush_file(s))
        return false;
    s->pending += n;
    return true;
}

static void
put_pcapng_header(struct inj_sink *s)
{
    if (reserve(s, INJ_PCAPNG_HEADER) && !inj_pcapng_header(s->file))
        fail(s, reason_of(errno));
}

static bool
put_pcapng(struct inj_sink *s, int64_t time, const uint8_t *frame, size_t len, const char *comment)
{
    if (!reserve(s, inj_pcapng_size(len, comment)))
        return false;
    if (!inj_pcapng_packet(s->file, time, frame, len, comment))
        fail(s, reason_of(errno));
    return !s->failed;
}

static bool
put_pcap(struct inj_sink *s, int64_t time, const uint8_t *frame, size_t len)
{
    struct pcap_pkthdr header = { .caplen = (bpf_u_int32)len, .len = (bpf_u_int32)len };

    header.ts.tv_sec = (time_t)(time / NANOSECONDS);
    header.ts.tv_usec = (suseconds_t)(time % NANOSECONDS / 1000);
    if (!reserve(s, 16 + len))
        return false;
    pcap_dump((u_char *)s->dumper, &header, frame);
    return true;
}

static struct inj_sink *
open_stream(FILE *file, const char *path, bool is_pcapng, char *why, size_t size)
{
    struct inj_sink *s = calloc(1, sizeof(*s));

    if (s != NULL) {
        s->buffer = malloc(BUFFER_SIZE);
        s->path = path != NULL ? strdup(path) : NULL;
    }
    if (s == NULL || s->buffer == NULL || (path != NULL && s->path == NULL)) {
        snprintf(why, size, "out of memory");
        if (s != NULL) {
            free(s->buffer);
            free(s->path);
        }
        free(s);
        if (path != NULL)
            fclose(file);
        return NULL;
    }
    s->file = file;
    s->is_pcapng = is_pcapng;
    setvbuf(file, s->buffer, _IOFBF, BUFFER_SIZE);
    if (is_pcapng) {
        put_pcapng_header(s);
    } else {
        s->pcap = pcap_open_dead(DLT_EN10MB, SNAPLEN);
        s->dumper = s->pcap != NULL ? pcap_dump_fopen(s->pcap, file) : NULL;
        s->pending = sizeof(struct pcap_file_header);
        if (s->dumper == NULL)
            fail(s, "libpcap cannot write it");
    }
    return s;
}

struct inj_sink *
inj_sink_file(const char *path, char *why, size_t size)
{
    const size_t n = strlen(path);
    const bool is_pcapng = n > 7 && strcmp(path + n - 7, ".pcapng") == 0;
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");

    if (file == NULL) {
        snprintf(why, size, "%s", strerror(errno));
        return NULL;
    }
    return open_stream(file, file != stdout ? path : NULL, is_pcapng, why, size);
}

struct inj_sink *
inj_sink_interface(const char *name, char *why, size_t size)
{
    struct inj_sink *s = calloc(1, sizeof(*s));

    if (s == NULL) {
        snprintf(why, size, "out of memory");
        return NULL;
    }
    s->live = inj_live_open(name, why, size);
    if (s->live != NULL && inj_drop_privileges(why, size))
        return s;
    inj_live_close(s->live);
    free(s);
    return NULL;
}

bool
inj_sink_put(struct inj_sink *s, int64_t time, const uint8_t *frame, size_t len)
{
    return inj_sink_put_noted(s, time, frame, len, NULL);
}

bool
inj_sink_put_noted(
    struct inj_sink *s, int64_t time, const uint8_t *frame, size_t len, const char *comment)
{
    bool put;

    if (s->failed)
        return false;
    if (s->live != NULL)
        return inj_live_put(s->live, frame, len, &s->sent);
    if (time > (s->is_pcapng ? INT64_MAX - 1 : PCAP_LATEST)) {
        fail(s, s->is_pcapng
                    ? "the time of a packet is too far in the future"
                    : "the time of a packet is after the year 2106, which pcap cannot represent; "
                      "give the file a name that ends in .pcapng, or use a higher --rate");
        return false;
    }
    put = s->is_pcapng ? put_pcapng(s, time, frame, len, comment) : put_pcap(s, time, frame, len);
    if (!put)
        return false;
    s->sent.frames++;
    s->sent.octets += len;
    return true;
}

bool
inj_sink_flush(struct inj_sink *s)
{
    return s->live != NULL ? inj_live_flush(s->live, &s->sent) : flush_file(s);
}

const char *
inj_sink_error(const struct inj_sink *s)
{
    return s->live != NULL ? inj_live_error(s->live) : s->why;
}

bool
inj_sink_close(struct inj_sink *s, char *why, size_t size)
{
    bool good = inj_sink_flush(s);

    if (!good)
        snprintf(why, size, "%s", inj_sink_error(s));
    inj_live_close(s->live);
    if (s->file != NULL && fclose(s->file) != 0 && good) {
        snprintf(why, size, "%s", reason_of(errno));
        good = false;
    }
    if (s->pcap != NULL)
        pcap_close(s->pcap);
    free(s->buffer);
    free(s->path);
    free(s);
    return good;
}

bool
inj_sink_is_live(const struct inj_sink *s)
{
    return s->live != NULL;
}

size_t
inj_sink_mtu(const struct inj_sink *s)
{
    return s->live != NULL ? inj_live_mtu(s->live) : FILE_MTU;
}

const uint8_t *
inj_sink_mac(const struct inj_sink *s)
{
    return s->live != NULL ? inj_live_mac(s->live) : NULL;
}

bool
inj_sink_neighbour(const struct inj_sink *s, uint32_t addr, uint8_t mac[6])
{
    return s->live != NULL && inj_live_neighbour(s->live, addr, mac);
}

struct inj_sent
inj_sink_sent(const struct inj_sink *s)
{
    return s->sent;
}
