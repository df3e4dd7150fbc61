/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write.c - read the captures once more, and copy the frames that are evidence. */
#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/evidence.h"
#include "evidence/interfaces.h"
#include "evidence/origin.h"
#include "evidence/pcapng_out.h"
#include "report/report.h"
#include "report/whole.h"
#include "temporary.h"
#include "warn.h"

#ifndef MIPRO_VERSION
#define MIPRO_VERSION "unknown"
#endif

enum {
    MAX_COMMENT = 60000, /* octets; pcapng holds 65,535 */
    NO_LINKTYPE = 0x8000 /* from here on, link layers have no number in files */
};
/* Rules do not wait across gaps of a day: an extra frame keeps the gap between frames shorter. */
#define MAX_GAP (12 * 3600 * MIPRO_SECOND)

struct writer {
    struct vrf_evidence_notes *notes;
    const struct vrf_report *r;
    const struct vrf_options *o;
    struct vrf_whole file;
    const struct vrf_capture *capture; /* being read */
    struct vrf_interfaces *interfaces;
    GHashTable *datagrams;      /* those whose fragments are needed, by a hash of ends and IP ID */
    struct vrf_note_list texts; /* of the frames still to come */
    struct vrf_traces_reader reader; /* of the same */
    struct vrf_traces_of traces;     /* of the frame being written */
    uint64_t stop;                   /* no frame before it is wanted */
    GString *comment;                /* of the frame being written */
    GString *suffix;                 /* the end of its first line, for this file: */
    unsigned suffix_of;
    int64_t deadline; /* when rules stop waiting for an answer to the last written; or NONE */
    int64_t last;     /* time of the frame that was written last, or NONE */
    uint64_t end;     /* the last frame that is judged together with this one */
};

/* ---- the content of a frame ---- */

struct content {
    bool is_message, is_fragment;
    bool is_of_node; /* something was found about the node that it names */
    uint32_t home;
    uint64_t datagram; /* of a fragment */
};

static uint64_t
datagram_of(const struct mipro_leaf *leaf)
{
    uint64_t ends = (uint64_t)leaf->src << 32 | leaf->dst;

    return (ends ^ (uint64_t)leaf->ident_ip << 17) * UINT64_C(0x9e3779b97f4a7c15);
}

static struct content
look_into(const struct writer *w, const struct vrf_block *block, const struct vrf_frame *frame)
{
    struct mipro_span span = { vrf_frame_octets(block, frame), frame->captured, frame->len };
    struct content content = { .is_message = false };
    struct mipro_message m;
    struct mipro_leaf leaf;

    if (span.octets == NULL || frame->link == MIPRO_LINKTYPE_OTHER)
        return content;
    mipro_unwrap_frame(frame->link, span, &w->o->ports, &leaf);
    if (leaf.kind == MIPRO_FRAGMENT) {
        content.is_fragment = true;
        content.datagram = datagram_of(&leaf);
    } else if (leaf.kind == MIPRO_DATAGRAM && leaf.payload.captured != 0 &&
               mipro_message_parse(&m, leaf.payload.octets, leaf.payload.captured, leaf.payload.len,
                   &w->o->conduct.set, MIPRO_IDENT_UNKNOWN) != MIPRO_ERR_NOT_OURS) {
        content.is_message = true;
        struct mipro_nai nai = { NULL, 0 };

        nai.octets = mipro_message_nai(&m, &nai.len);
        content.is_of_node = vrf_evidence_has_nai(w->notes, &nai);
        content.home = (uint32_t)mipro_value(&m, MIPRO_F_HOMEADDR);
    }
    return content;
}

/* ---- one frame ---- */

static inline bool
is_good(const struct vrf_trace *trace)
{
    return trace->good != 0 && trace->good != VRF_ASIDE;
}

/* Append the type of an extension, which nearly always has two digits. */
static void
append_good(GString *comment, uint8_t ext)
{
    static const char text[] = "\ngood: extension ";
    char digits[2] = { (char)('0' + ext / 10 % 10), (char)('0' + ext % 10) };

    g_string_append_len(comment, text, sizeof(text) - 1);
    if (ext >= 10 && ext < 100)
        g_string_append_len(comment, digits, sizeof(digits));
    else
        g_string_append_printf(comment, "%u", ext);
}

/*
 * Fill w->comment: the frame's origin and its notes, up to texts_end, or the reason why it is
 * included.  On error false, with the reason in errno.
 */
static bool
comment_on(struct writer *w, const struct vrf_note *texts_end, unsigned file, uint64_t number,
    const char *why)
{
    GString *comment = w->comment;
    unsigned more = 0;

    if (w->suffix->len == 0 || w->suffix_of != file)
        vrf_origin_set_suffix(w->suffix, vrf_report_name(w->r, file));
    w->suffix_of = file;
    g_string_truncate(comment, 0);
    vrf_origin_put(comment, w->suffix, number);
    for (const struct vrf_note *n = w->texts.at; n != texts_end; n++) {
        if (comment->len > MAX_COMMENT) {
            more++;
            continue;
        }
        g_string_append_c(comment, '\n');
        if (!vrf_evidence_append_text(w->notes, n, MAX_COMMENT / 4, comment))
            return false;
    }
    for (uint32_t i = 0; i < w->traces.n; i++) {
        if (!is_good(&w->traces.at[i]))
            continue;
        if (comment->len > MAX_COMMENT)
            more++;
        else
            append_good(comment, w->traces.at[i].good);
    }
    if (more != 0)
        g_string_append_printf(comment, "\nand %u more", more);
    if (why != NULL) {
        g_string_append_c(comment, '\n');
        g_string_append(comment, why);
    }
    return true;
}

static bool
write_frame(struct writer *w, const struct vrf_block *block, const struct vrf_frame *frame,
    uint64_t running, const struct vrf_note *texts_end, bool whole, const char *why)
{
    uint64_t number;
    unsigned file = vrf_report_file(w->r, running, &number);

    if (!comment_on(w, texts_end, file, number, why))
        return false;
    vrf_pcapng_packet(&w->file.out,
        vrf_interfaces_number(w->interfaces, &w->file.out, w->r, w->capture, block, frame, file),
        frame, vrf_frame_octets(block, frame), whole ? frame->captured : 0, w->comment);
    if (frame->time != MIPRO_TIME_NONE) {
        int64_t limit = w->o->conduct.ack_timeout + 2 * w->o->conduct.tolerance;

        w->last = frame->time;
        w->deadline = whole ? mipro_time_add(frame->time, limit) : MIPRO_TIME_NONE;
    }
    return w->file.out.error == 0;
}

/* By how much the timestamps leap after the frame; 0: not at all, as far as its block shows. */
static int64_t
leap_after(const struct writer *w, const struct vrf_block *block, size_t i)
{
    int64_t now = block->frames[i].time, next, step;

    if (i + 1 == block->n_frames)
        return 0;
    next = block->frames[i + 1].time;
    step = next != MIPRO_TIME_NONE ? mipro_time_between(now, next) : 0;
    return step > MIPRO_RUN_STEP || step < -w->o->conduct.tolerance ? step : 0;
}

/*
 * Is the frame needed to show that time passed: at the start, after a wait, in a long gap, or
 * before a leap of the clock while something waits?  What follows its block may be one.
 */
static bool
tells_time(const struct writer *w, const struct vrf_block *block, size_t i, uint64_t running)
{
    const struct vrf_frame *frame = &block->frames[i];
    bool edge = i + 1 == block->n_frames && running < w->end;

    if (frame->time == MIPRO_TIME_NONE || frame->link_number >= NO_LINKTYPE ||
        frame->link == MIPRO_LINKTYPE_NONE || frame->link == MIPRO_LINKTYPE_OTHER)
        return false;
    return w->last == MIPRO_TIME_NONE ||
           (w->deadline != MIPRO_TIME_NONE &&
               (frame->time > w->deadline || edge || leap_after(w, block, i) != 0)) ||
           mipro_time_between(w->last, frame->time) > MAX_GAP;
}

/* Does one of the notes up to end say that the frame belongs to the evidence? */
static bool
is_named(const struct vrf_note *n, const struct vrf_note *end)
{
    while (n != end && !n->is_fault)
        n++;
    return n != end;
}

/* The end of the notes of this frame. */
static const struct vrf_note *
notes_end(const struct vrf_note_list *list, uint64_t running)
{
    const struct vrf_note *n = list->at;

    while (n != list->end && n->frame == running)
        n++;
    return n;
}

static bool
is_wanted_trace(const void *ctx, const struct vrf_trace *trace)
{
    const struct writer *w = ctx;

    return w->o->write_messages || trace->names_node || trace->good == VRF_ASIDE ||
           vrf_evidence_has_home(w->notes, trace->home);
}

/* Does a trace show that the frame has a message that is wanted? */
static bool
traces_are_wanted(const struct writer *w, bool *decode)
{
    *decode = w->traces.unknown;
    for (uint32_t i = 0; i < w->traces.n; i++) {
        if (w->o->write_messages || w->traces.at[i].good == VRF_ASIDE ||
            vrf_evidence_has_home(w->notes, w->traces.at[i].home))
            return true;
        *decode |= w->traces.at[i].names_node;
    }
    return false;
}

/* Is the frame wanted, now that it is decoded? */
static bool
is_wanted(const struct writer *w, const struct content *content)
{
    if (content->is_fragment)
        return w->o->write_messages || g_hash_table_contains(w->datagrams, &content->datagram);
    return content->is_message && (w->o->write_messages || content->is_of_node ||
                                      vrf_evidence_has_home(w->notes, content->home));
}

static bool
has_good(const struct vrf_traces_of *traces)
{
    for (uint32_t i = 0; i < traces->n; i++)
        if (is_good(&traces->at[i]))
            return true;
    return false;
}

/* Why a frame of which there is nothing else to say is in the evidence. */
static const char *
reason_for(const struct vrf_traces_of *traces, const struct content *content)
{
    for (uint32_t i = 0; i < traces->n; i++)
        if (traces->at[i].good == VRF_ASIDE)
            return traces->at[i].home == VRF_ASIDE_ADVERT ? "an agent advertisement"
                                                          : "a part of a datagram";
    return content->is_fragment ? "a part of a datagram" : "a message without an authenticator";
}

/* Find the next frame that may be wanted. */
static void
seek(struct writer *w)
{
    uint64_t named = w->texts.at != w->texts.end ? w->texts.at->frame : UINT64_MAX;

    w->stop = vrf_traces_seek(vrf_evidence_traces(w->notes), &w->reader, named, is_wanted_trace, w);
}

/* Take a frame that may be wanted. */
static bool
take_closely(
    struct writer *w, const struct vrf_block *block, size_t i, uint64_t running, bool *wanted)
{
    const struct vrf_frame *frame = &block->frames[i];
    const struct vrf_note *texts_end = notes_end(&w->texts, running);
    bool named = is_named(w->texts.at, texts_end), decode = false, done = true;
    struct content content = { .is_message = false };

    w->traces = vrf_traces_next(vrf_evidence_traces(w->notes), &w->reader, running);
    *wanted = named || traces_are_wanted(w, &decode);
    if (!*wanted && decode) {
        content = look_into(w, block, frame);
        *wanted = is_wanted(w, &content);
    }
    if (*wanted) {
        bool noted = texts_end != w->texts.at || has_good(&w->traces);
        const char *why = noted ? NULL : reason_for(&w->traces, &content);

        done = write_frame(w, block, frame, running, texts_end, true, why);
    }
    w->texts.at = texts_end;
    seek(w);
    return done;
}

static bool
take_frame(struct writer *w, const struct vrf_block *block, size_t i, uint64_t running)
{
    const struct vrf_frame *frame = &block->frames[i];
    bool wanted = false, done = true;

    if (running >= w->stop)
        done = take_closely(w, block, i, running, &wanted);
    if (!wanted && tells_time(w, block, i, running)) {
        const int64_t deadline = w->deadline;

        w->traces.n = 0;
        done = write_frame(w, block, frame, running, w->texts.at, false,
            "kept for its time; its octets were left out");
        if (deadline != MIPRO_TIME_NONE && frame->time <= deadline)
            w->deadline = deadline; /* still */
    }
    if (w->deadline != MIPRO_TIME_NONE && frame->time != MIPRO_TIME_NONE &&
        leap_after(w, block, i) < 0)
        w->deadline = mipro_time_add(w->deadline, leap_after(w, block, i)); /* it was set back */
    return done;
}

/* ---- files ---- */

static void
skip_notes(struct vrf_note_list *list, uint64_t before)
{
    while (list->at != list->end && list->at->frame <= before)
        list->at++;
}

/* Do the notes say of a frame up to last that it belongs to the evidence? */
static bool
names_frame_until(const struct vrf_note_list *list, uint64_t last)
{
    const struct vrf_note *n = list->at;

    while (n != list->end && n->frame <= last && !n->is_fault)
        n++;
    return n != list->end && n->frame <= last;
}

/* Note the datagram of which the frame, if it is wanted, is the last fragment that was captured. */
static bool
note_datagram(struct writer *w, const struct vrf_block *block, size_t i, uint64_t running)
{
    const struct vrf_note *texts_end = notes_end(&w->texts, running);
    bool named = is_named(w->texts.at, texts_end), decode;
    struct content content;

    w->traces = vrf_traces_next(vrf_evidence_traces(w->notes), &w->reader, running);
    w->texts.at = texts_end;
    if (!w->traces.unknown || (!named && !traces_are_wanted(w, &decode)))
        return true;
    content = look_into(w, block, &block->frames[i]);
    if (content.is_fragment)
        g_hash_table_add(w->datagrams, g_memdup2(&content.datagram, sizeof(content.datagram)));
    return true;
}

/*
 * Call take for each frame of a capture, which has the running numbers from before + 1 to last.
 * Returns 0 or an errno.
 */
static int
each_frame(struct writer *w, const char *path, uint64_t before, uint64_t last,
    bool (*take)(struct writer *w, const struct vrf_block *block, size_t i, uint64_t running))
{
    char error[VRF_CAPTURE_ERROR];
    struct vrf_capture *c;
    struct vrf_block block = { .n_frames = 0 };
    enum vrf_read how = VRF_READ_MORE;
    uint64_t running = before;
    int result = 0;

    if (strcmp(path, "-") == 0)
        (void)lseek(STDIN_FILENO, 0, SEEK_SET);
    c = vrf_capture_open(path, NULL, error);
    if (c == NULL) {
        vrf_warn("%s: cannot be read again: %s", path, error);
        return EIO;
    }
    w->capture = c;
    while (how == VRF_READ_MORE && running < last && result == 0) {
        how = vrf_capture_read(c, &block, error);
        for (size_t i = 0; i < block.n_frames && running < last && result == 0; i++) {
            errno = 0;
            if (!take(w, &block, i, ++running))
                result = w->file.out.error != 0 ? w->file.out.error : errno != 0 ? errno : EIO;
        }
    }
    if (result == 0 && running < last) {
        vrf_warn("%s: has fewer frames than when it was first read", path);
        result = EIO;
    }
    vrf_block_free(&block);
    vrf_capture_close(c);
    return result;
}

static int
take_file(struct writer *w, const char *path, uint64_t before, uint64_t last)
{
    struct vrf_traces_reader reader = w->reader;
    struct vrf_note_list first;
    bool named;
    int error = 0;

    skip_notes(&w->texts, before);
    first = w->texts;
    named = names_frame_until(&first, last);
    if (last == before || (!named && !w->o->write_messages && !w->o->carry_on && !w->o->follow))
        return 0;
    if (w->o->follow && access(path, F_OK) != 0) { /* a deleted file of a ring buffer */
        vrf_warn("%s: is gone, so its frames are not in the evidence", path);
        return 0;
    }
    if (w->r->n_fragments != 0 && !w->o->write_messages) {
        error = each_frame(w, path, before, last, note_datagram);
        w->texts = first;
        w->reader = reader;
    }
    if (!w->o->carry_on && !w->o->follow)
        w->last = w->deadline = MIPRO_TIME_NONE; /* no rule waits beyond the end of its file */
    seek(w);
    w->end = w->o->carry_on || w->o->follow ? w->r->packets : last;
    return error != 0 ? error : each_frame(w, path, before, last, take_frame);
}

static int
take_files(struct writer *w)
{
    unsigned file = 0;
    int error = 0;

    for (uint32_t i = 0; i < w->r->parts.n && error == 0;) {
        uint32_t next = i + 1;

        while (next < w->r->parts.n && !w->r->parts.at[next].begins)
            next++;
        error = take_file(w, w->o->follow ? w->r->parts.at[i].name : w->o->files[file],
            w->r->parts.at[i].before,
            next < w->r->parts.n ? w->r->parts.at[next].before : w->r->packets);
        if (error == 0 && !w->o->follow && !vrf_evidence_is_unchanged(w->notes, w->o, file))
            error = EIO;
        file++;
        i = next;
    }
    return error;
}

int
vrf_evidence_write(
    struct vrf_evidence_notes *e, const struct vrf_report *r, const char *path, uint64_t *left_out)
{
    struct writer w = { .notes = e, .r = r, .o = r->o };
    int error = vrf_evidence_error(e), unwritten;

    *left_out = vrf_evidence_left_out(e);
    if (error != 0) {
        vrf_temporary_failed(error);
        return ECANCELED;
    }
    error = vrf_whole_begin(&w.file, path);
    if (error != 0)
        return error;
    w.texts = vrf_evidence_texts(e);
    w.reader = vrf_traces_begin(vrf_evidence_traces(e));
    w.comment = g_string_new(NULL);
    w.suffix = g_string_new(NULL);
    w.interfaces = vrf_interfaces_new();
    w.datagrams = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    vrf_pcapng_section(&w.file.out, VRF_ORIGIN_APPLICATION " " MIPRO_VERSION);
    error = take_files(&w);
    vrf_interfaces_free(w.interfaces);
    g_hash_table_destroy(w.datagrams);
    g_string_free(w.comment, TRUE);
    g_string_free(w.suffix, TRUE);
    if (error != 0 && w.file.out.error == 0)
        w.file.out.error = error; /* so that no partial file appears */
    unwritten = vrf_whole_finish(&w.file);
    return error != 0 ? error : unwritten;
}
