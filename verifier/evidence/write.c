/* SPDX-License-Identifier: GPL-2.0-or-later */
/* write.c - read the captures once more, and copy the frames that are evidence. */
#include <errno.h>
#include <glib.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "evidence/evidence.h"
#include "evidence/origin.h"
#include "evidence/pcapng_out.h"
#include "report/report.h"
#include "report/whole.h"
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
    GHashTable *interfaces;            /* struct interface to its number in the output, + 1 */
    uint32_t n_interfaces;
    GHashTable *datagrams; /* those whose fragments are needed, by a hash of ends and IP ID */
    struct vrf_note_list texts, good; /* of the frames still to come */
    GString *comment;                 /* of the frame being written */
    GString *suffix;                  /* the end of its first line, for this file: */
    unsigned suffix_of;
    int64_t deadline; /* when rules stop waiting for an answer to the last written; or NONE */
    int64_t last;     /* time of the frame that was written last, or NONE */
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

/* ---- interfaces ---- */

/* An interface of a capture. */
struct interface {
    uint64_t bits; /* file, link type, number, and whether its frames have a time */
    char *name;    /* or NULL */
};

static guint
hash_interface(gconstpointer p)
{
    const struct interface *key = p;

    return g_int64_hash(&key->bits) ^ (key->name != NULL ? g_str_hash(key->name) : 0);
}

static gboolean
is_same_interface(gconstpointer p, gconstpointer q)
{
    const struct interface *a = p, *b = q;

    return a->bits == b->bits && g_strcmp0(a->name, b->name) == 0;
}

static void
free_interface(gpointer p)
{
    struct interface *key = p;

    g_free(key->name);
    g_free(key);
}

/* Untrusted text escaped as for a terminal; NULL for NULL. */
static char *
shown(const char *text)
{
    GString *s = g_string_new(NULL);
    struct mipro_text_out out = mipro_text_to_string(s);

    if (text != NULL)
        mipro_text_escape(&out, MIPRO_ESCAPE_TERMINAL, text);
    return g_string_free(s, text == NULL);
}

static uint32_t
add_interface(struct writer *w, const struct vrf_frame *frame, unsigned file, bool has_time,
    const struct interface *key)
{
    char *capture = shown(vrf_report_name(w->r, file)), *name = shown(key->name);
    char *description = g_strdup_printf("interface %u of %s", frame->interface, capture);
    struct interface *known = g_new(struct interface, 1);

    vrf_pcapng_interface(&w->file.out, frame->link_number, name, description, has_time);
    *known = (struct interface){ key->bits, g_strdup(key->name) };
    g_hash_table_insert(w->interfaces, known, GUINT_TO_POINTER(w->n_interfaces + 1));
    g_free(capture);
    g_free(name);
    g_free(description);
    return w->n_interfaces++;
}

/* The number of this frame's interface in the evidence; it is written now if it is new. */
static uint32_t
interface_of(struct writer *w, const struct vrf_frame *frame, unsigned file)
{
    bool has_time = frame->time != MIPRO_TIME_NONE && frame->time >= 0;
    const char *name = vrf_capture_interface_name(w->capture, frame);
    const struct interface key = { (uint64_t)file << 33 | (uint64_t)frame->link_number << 17 |
                                       (uint64_t)frame->interface << 1 | has_time,
        (char *)name };
    gpointer known = g_hash_table_lookup(w->interfaces, &key);

    if (known != NULL)
        return GPOINTER_TO_UINT(known) - 1;
    return add_interface(w, frame, file, has_time, &key);
}

/* ---- one frame ---- */

/* Append the type of an extension, which nearly always has two digits. */
static void
append_good(GString *comment, uint64_t ext)
{
    static const char text[] = "\ngood: extension ";
    char digits[2] = { (char)('0' + ext / 10 % 10), (char)('0' + ext % 10) };

    g_string_append_len(comment, text, sizeof(text) - 1);
    if (ext >= 10 && ext < 100)
        g_string_append_len(comment, digits, sizeof(digits));
    else
        g_string_append_printf(comment, "%" PRIu64, ext);
}

/*
 * Fill w->comment: the frame's origin and its notes, up to the two ends, or the reason why it is
 * included.  On error false, with the reason in errno.
 */
static bool
comment_on(struct writer *w, const struct vrf_note *texts_end, const struct vrf_note *good_end,
    unsigned file, uint64_t number, const char *why)
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
    for (const struct vrf_note *n = w->good.at; n != good_end; n++) {
        if (comment->len > MAX_COMMENT)
            more++;
        else
            append_good(comment, n->text);
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
    uint64_t running, const struct vrf_note *texts_end, const struct vrf_note *good_end, bool whole,
    const char *why)
{
    uint64_t number;
    unsigned file = vrf_report_file(w->r, running, &number);

    if (!comment_on(w, texts_end, good_end, file, number, why))
        return false;
    vrf_pcapng_packet(&w->file.out, interface_of(w, frame, file), frame,
        vrf_frame_octets(block, frame), whole ? frame->captured : 0, w->comment);
    if (frame->time != MIPRO_TIME_NONE) {
        int64_t limit = w->o->conduct.ack_timeout + 2 * w->o->conduct.tolerance;

        w->last = frame->time;
        w->deadline = whole ? mipro_time_add(frame->time, limit) : MIPRO_TIME_NONE;
    }
    return w->file.out.error == 0;
}

/* Is the frame needed to show that time passed: at the start, after a wait, in a long gap? */
static bool
tells_time(const struct writer *w, const struct vrf_frame *frame)
{
    if (frame->time == MIPRO_TIME_NONE || frame->link_number >= NO_LINKTYPE ||
        frame->link == MIPRO_LINKTYPE_NONE || frame->link == MIPRO_LINKTYPE_OTHER)
        return false;
    return w->last == MIPRO_TIME_NONE ||
           (w->deadline != MIPRO_TIME_NONE && frame->time > w->deadline) ||
           mipro_time_between(w->last, frame->time) > MAX_GAP;
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
take_frame(struct writer *w, const struct vrf_block *block, size_t i, uint64_t running)
{
    const struct vrf_frame *frame = &block->frames[i];
    const struct vrf_note *texts_end = notes_end(&w->texts, running);
    const struct vrf_note *good_end = notes_end(&w->good, running);
    bool named = texts_end != w->texts.at, wanted = named, done = true;
    struct content content = { .is_message = false };

    if (!wanted) {
        content = look_into(w, block, frame);
        if (content.is_fragment)
            wanted = w->o->write_messages || g_hash_table_contains(w->datagrams, &content.datagram);
        else if (content.is_message)
            wanted = w->o->write_messages || content.is_of_node ||
                     vrf_evidence_has_home(w->notes, content.home);
    }
    if (wanted) {
        const char *why = NULL;

        if (!named && content.is_fragment)
            why = "a fragment";
        else if (!named && w->good.at == good_end)
            why = "a message without an authenticator";
        done = write_frame(w, block, frame, running, texts_end, good_end, true, why);
    } else if (tells_time(w, frame)) {
        done = write_frame(w, block, frame, running, texts_end, good_end, false,
            "kept for its time; its octets were left out");
    }
    w->texts.at = texts_end;
    w->good.at = good_end;
    return done;
}

/* ---- files ---- */

static void
skip_notes(struct vrf_note_list *list, uint64_t before)
{
    while (list->at != list->end && list->at->frame <= before)
        list->at++;
}

/* Note the datagram that the named frame completes, if any. */
static bool
note_datagram(struct writer *w, const struct vrf_block *block, size_t i, uint64_t running)
{
    const struct vrf_note *texts_end = notes_end(&w->texts, running);
    struct content content;

    if (texts_end == w->texts.at)
        return true;
    w->texts.at = texts_end;
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
    struct vrf_note_list first;
    bool named;
    int error = 0;

    skip_notes(&w->texts, before);
    skip_notes(&w->good, before);
    first = w->texts;
    named = first.at != first.end && first.at->frame <= last;
    if (last == before || (!named && !w->o->write_messages && !w->o->carry_on && !w->o->follow))
        return 0;
    if (w->o->follow && access(path, F_OK) != 0) { /* a deleted file of a ring buffer */
        vrf_warn("%s: is gone, so its frames are not in the evidence", path);
        return 0;
    }
    if (w->r->n_fragments != 0 && !w->o->write_messages) {
        error = each_frame(w, path, before, last, note_datagram);
        w->texts = first;
    }
    w->last = w->deadline = MIPRO_TIME_NONE;
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
        error = take_file(w, w->o->follow ? w->r->parts.at[i].name : w->o->files[file++],
            w->r->parts.at[i].before,
            next < w->r->parts.n ? w->r->parts.at[next].before : w->r->packets);
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
    if (error == 0)
        error = vrf_whole_begin(&w.file, path);
    if (error != 0)
        return error;
    w.texts = vrf_evidence_texts(e);
    w.good = vrf_evidence_good(e);
    w.comment = g_string_new(NULL);
    w.suffix = g_string_new(NULL);
    w.interfaces = g_hash_table_new_full(hash_interface, is_same_interface, free_interface, NULL);
    w.datagrams = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    vrf_pcapng_section(&w.file.out, VRF_ORIGIN_APPLICATION " " MIPRO_VERSION);
    error = take_files(&w);
    g_hash_table_destroy(w.interfaces);
    g_hash_table_destroy(w.datagrams);
    g_string_free(w.comment, TRUE);
    g_string_free(w.suffix, TRUE);
    if (error != 0 && w.file.out.error == 0)
        w.file.out.error = error; /* so that no partial file appears */
    unwritten = vrf_whole_finish(&w.file);
    return error != 0 ? error : unwritten;
}
