/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sink.h - where frames go: a capture file, or one interface.
 *
 * A file that cannot be written completely is cut back to its last whole frame.
 * Opening an interface binds to it and to no other, and drops every
 * privilege once it is open.
 */
#ifndef INJ_SINK_H
#define INJ_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct inj_sink;

/* pcapng if the name ends in .pcapng, otherwise pcap; "-": standard output.  NULL: why says why
 * not. */
struct inj_sink *inj_sink_file(const char *path, char *why, size_t size);
struct inj_sink *inj_sink_interface(const char *name, char *why, size_t size);

/* Link-layer frame, time in nanoseconds since 1970 (a file only).  False: see inj_sink_error(). */
bool inj_sink_put(struct inj_sink *s, int64_t time, const uint8_t *frame, size_t len);
/* The same with a comment, which only pcapng can hold (NULL: none). */
bool inj_sink_put_noted(
    struct inj_sink *s, int64_t time, const uint8_t *frame, size_t len, const char *comment);
/* Write out what is buffered. */
bool inj_sink_flush(struct inj_sink *s);
const char *inj_sink_error(const struct inj_sink *s);
/*
 * False if the last data could not be written: why is what inj_sink_error() would have returned.
 * It is empty if the reader of a pipe has closed it, which is not an error.
 */
bool inj_sink_close(struct inj_sink *s, char *why, size_t size);

/* Is it an interface? */
bool inj_sink_is_live(const struct inj_sink *s);
size_t inj_sink_mtu(const struct inj_sink *s);         /* of a file: 1500 */
const uint8_t *inj_sink_mac(const struct inj_sink *s); /* its own; NULL for a file */
/* The next hop's MAC address, from the kernel's neighbour table; false if it has none. */
bool inj_sink_neighbour(const struct inj_sink *s, uint32_t addr, uint8_t mac[6]);

/* Counts of what was sent. */
struct inj_sent {
    uint64_t frames, octets, errors;
};
struct inj_sent inj_sink_sent(const struct inj_sink *s);

#endif
