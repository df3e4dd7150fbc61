/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crypto/md5/front.h"

#include "crypto/wipe.h"

#include <string.h>

/* The four functions of RFC 1321 3.4, with one operation fewer where possible. */
#define F(x, y, z) ((z) ^ ((x) & ((y) ^ (z))))
#define G(x, y, z) ((y) ^ ((z) & ((x) ^ (y))))
#define H(x, y, z) ((x) ^ (y) ^ (z))
#define I(x, y, z) ((y) ^ ((x) | ~(z)))

#define ROL(x, n) ((x) << (n) | (x) >> (32 - (n)))
#define STEP(f, a, b, c, d, word, sine, n)                                                         \
    ((a) += f(b, c, d) + (word) + (sine), (a) = (b) + ROL(a, n))
#define FOUR(f, w0, k0, n0, w1, k1, n1, w2, k2, n2, w3, k3, n3)                                    \
    (STEP(f, a, b, c, d, w0, k0, n0), STEP(f, d, a, b, c, w1, k1, n1),                             \
        STEP(f, c, d, a, b, w2, k2, n2), STEP(f, b, c, d, a, w3, k3, n3))

/* clang-format off */
/* The constants of the steps: the integer part of 2^32 abs(sin(i + 1)), RFC 1321 3.4. */
static const uint32_t sines[64] = {
    0xd76aa478u, 0xe8c7b756u, 0x242070dbu, 0xc1bdceeeu,
    0xf57c0fafu, 0x4787c62au, 0xa8304613u, 0xfd469501u,
    0x698098d8u, 0x8b44f7afu, 0xffff5bb1u, 0x895cd7beu,
    0x6b901122u, 0xfd987193u, 0xa679438eu, 0x49b40821u,
    0xf61e2562u, 0xc040b340u, 0x265e5a51u, 0xe9b6c7aau,
    0xd62f105du, 0x02441453u, 0xd8a1e681u, 0xe7d3fbc8u,
    0x21e1cde6u, 0xc33707d6u, 0xf4d50d87u, 0x455a14edu,
    0xa9e3e905u, 0xfcefa3f8u, 0x676f02d9u, 0x8d2a4c8au,
    0xfffa3942u, 0x8771f681u, 0x6d9d6122u, 0xfde5380cu,
    0xa4beea44u, 0x4bdecfa9u, 0xf6bb4b60u, 0xbebfbc70u,
    0x289b7ec6u, 0xeaa127fau, 0xd4ef3085u, 0x04881d05u,
    0xd9d4d039u, 0xe6db99e5u, 0x1fa27cf8u, 0xc4ac5665u,
    0xf4292244u, 0x432aff97u, 0xab9423a7u, 0xfc93a039u,
    0x655b59c3u, 0x8f0ccc92u, 0xffeff47du, 0x85845dd1u,
    0x6fa87e4fu, 0xfe2ce6e0u, 0xa3014314u, 0x4e0811a1u,
    0xf7537e82u, 0xbd3af235u, 0x2ad7d2bbu, 0xeb86d391u
};

/* The 64 steps over words w[16] on a, b, c, d, of integers or of vectors of them; k: sines. */
#define STEPS(w, k)                                                                                \
    FOUR(F, w[ 0], k[ 0],  7, w[ 1], k[ 1], 12, w[ 2], k[ 2], 17, w[ 3], k[ 3], 22);               \
    FOUR(F, w[ 4], k[ 4],  7, w[ 5], k[ 5], 12, w[ 6], k[ 6], 17, w[ 7], k[ 7], 22);               \
    FOUR(F, w[ 8], k[ 8],  7, w[ 9], k[ 9], 12, w[10], k[10], 17, w[11], k[11], 22);               \
    FOUR(F, w[12], k[12],  7, w[13], k[13], 12, w[14], k[14], 17, w[15], k[15], 22);               \
    FOUR(G, w[ 1], k[16],  5, w[ 6], k[17],  9, w[11], k[18], 14, w[ 0], k[19], 20);               \
    FOUR(G, w[ 5], k[20],  5, w[10], k[21],  9, w[15], k[22], 14, w[ 4], k[23], 20);               \
    FOUR(G, w[ 9], k[24],  5, w[14], k[25],  9, w[ 3], k[26], 14, w[ 8], k[27], 20);               \
    FOUR(G, w[13], k[28],  5, w[ 2], k[29],  9, w[ 7], k[30], 14, w[12], k[31], 20);               \
    FOUR(H, w[ 5], k[32],  4, w[ 8], k[33], 11, w[11], k[34], 16, w[14], k[35], 23);               \
    FOUR(H, w[ 1], k[36],  4, w[ 4], k[37], 11, w[ 7], k[38], 16, w[10], k[39], 23);               \
    FOUR(H, w[13], k[40],  4, w[ 0], k[41], 11, w[ 3], k[42], 16, w[ 6], k[43], 23);               \
    FOUR(H, w[ 9], k[44],  4, w[12], k[45], 11, w[15], k[46], 16, w[ 2], k[47], 23);               \
    FOUR(I, w[ 0], k[48],  6, w[ 7], k[49], 10, w[14], k[50], 15, w[ 5], k[51], 21);               \
    FOUR(I, w[12], k[52],  6, w[ 3], k[53], 10, w[10], k[54], 15, w[ 1], k[55], 21);               \
    FOUR(I, w[ 8], k[56],  6, w[15], k[57], 10, w[ 6], k[58], 15, w[13], k[59], 21);               \
    FOUR(I, w[ 4], k[60],  6, w[11], k[61], 10, w[ 2], k[62], 15, w[ 9], k[63], 21)
/* clang-format on */

/* Not inlined, so that what it leaves on the stack lies below its caller's frame. */
__attribute__((noinline)) void
mipro_lanes_block(uint32_t state[4], const uint8_t block[64])
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t w[16];

    for (unsigned i = 0; i < 16; i++)
        w[i] = mipro_load_le(block + 4 * i);
    STEPS(w, sines);
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

void
mipro_lanes_first(uint32_t state[4])
{
    memcpy(state, mipro_md5_first, sizeof(mipro_md5_first));
}

/* Blocks laid out at once: three hold any message of route optimization. */
#define ROOM 3u

/*
 * A job in progress.  Its blocks, including the padding, are laid out before they are hashed,
 * so that the compression does not deal with spans.
 */
struct lane {
    struct mipro_lane_job *job;
    unsigned span;       /* the next octets are from this span, ... */
    size_t pos;          /* ... from this offset on */
    size_t to_come;      /* blocks not laid out yet */
    unsigned ready;      /* blocks laid out but not hashed yet */
    bool marked;         /* the 1 bit after the message was written */
    uint64_t total;      /* octets, including those before the given state */
    const uint8_t *next; /* the first block that is ready, in room[] */
    uint8_t room[ROOM * MIPRO_MD5_BLOCK + MIPRO_CHUNK];
};

/* Write the padding from the end of the message, room[n], up to room[end]. */
static inline void
pad(struct lane *lane, size_t n, size_t end, bool last)
{
    for (size_t i = n; i < end; i += MIPRO_CHUNK)
        memset(lane->room + i, 0, MIPRO_CHUNK);
    if (!lane->marked)
        lane->room[n] = 0x80;
    lane->marked = true;
    if (last) {
        mipro_store_le(lane->room + end - 8, (uint32_t)(lane->total * 8));
        mipro_store_le(lane->room + end - 4, (uint32_t)(lane->total * 8 >> 32));
    }
}

/* Lay out the next blocks of a job that does not fit into the room. */
static void
lay_out(struct lane *lane)
{
    const struct mipro_lane_job *job = lane->job;
    size_t blocks = lane->to_come < ROOM ? lane->to_come : ROOM;
    size_t end = blocks * MIPRO_MD5_BLOCK, n = 0;

    while (lane->span < job->n_spans && n < end) {
        size_t left = job->span[lane->span].len - lane->pos;
        size_t take = left < end - n ? left : end - n;

        mipro_copy_few(lane->room + n, job->span[lane->span].octets + lane->pos, take);
        n += take;
        lane->pos += take;
        if (take == left) {
            lane->span++;
            lane->pos = 0;
        }
    }
    lane->to_come -= blocks;
    lane->ready = (unsigned)blocks;
    lane->next = lane->room;
    if (n < end)
        pad(lane, n, end, lane->to_come == 0);
}

/* Begin a job that does not fit into the room at once. */
static void
begin_long(struct lane *lane)
{
    const struct mipro_lane_job *job = lane->job;
    size_t n = 0;

    for (unsigned i = 0; i < job->n_spans; i++)
        n += job->span[i].len;
    lane->total = n + job->state_octets;
    lane->to_come = (n + 8) / MIPRO_MD5_BLOCK + 1;
    lane->span = 0;
    lane->pos = 0;
    lay_out(lane);
}

#define FITS (ROOM * MIPRO_MD5_BLOCK - 9) /* octets, without the 1 bit and the length */

/* Copy the job's spans to room.  Returns the number of octets, SIZE_MAX if they do not fit. */
static inline size_t
lay_spans(uint8_t *room, const struct mipro_lane_job *job)
{
    size_t n = 0;

    for (unsigned i = 0; i < job->n_spans; i++) {
        size_t len = job->span[i].len;

        if (len > FITS - n)
            return SIZE_MAX;
        mipro_copy_few(room + n, job->span[i].octets, len);
        n += len;
    }
    return n;
}

static inline void
begin_lane(struct lane *lane, struct mipro_lane_job *job)
{
    size_t n = lay_spans(lane->room, job);
    size_t blocks = (n + 8) / MIPRO_MD5_BLOCK + 1;

    lane->job = job;
    lane->marked = false;
    if (n == SIZE_MAX) {
        begin_long(lane);
        return;
    }
    lane->total = n + job->state_octets;
    lane->to_come = 0;
    lane->ready = (unsigned)blocks;
    lane->next = lane->room;
    pad(lane, n, blocks * MIPRO_MD5_BLOCK, true);
}

/* After a block: false if that was the last of the job. */
static inline bool
step_lane(struct lane *lane)
{
    lane->next += MIPRO_MD5_BLOCK;
    if (--lane->ready == 0 && lane->to_come != 0)
        lay_out(lane);
    return lane->ready != 0;
}

/*
 * A vector of equal words is quickest loaded from memory, where the CPU repeats a word; the
 * compiler, if it knows their value, makes each from a constant, with two instructions more.
 */
#define KEEP_IN_MEMORY(words) __asm__("" : "+r"(words))

/*
 * One compression in all lanes of a vector.  The compiler maps it to what the target
 * has: sixteen lanes become two registers of AVX2, or one of AVX-512.  Each step needs the result
 * of the one before, so that two registers take hardly longer than one.
 */
#define COMPRESS(name, width, attributes)                                                          \
    typedef uint32_t name##_vector __attribute__((vector_size(4 * (width))));                      \
    attributes static void name(struct mipro_front *f)                                             \
    {                                                                                              \
        name##_vector a = *(const name##_vector *)f->state[0];                                     \
        name##_vector b = *(const name##_vector *)f->state[1];                                     \
        name##_vector c = *(const name##_vector *)f->state[2];                                     \
        name##_vector d = *(const name##_vector *)f->state[3];                                     \
        const uint32_t *k = sines;                                                                 \
        name##_vector w[16];                                                                       \
                                                                                                   \
        for (unsigned i = 0; i < 16; i++)                                                          \
            w[i] = *(const name##_vector *)f->w[i];                                                \
        KEEP_IN_MEMORY(k);                                                                         \
        STEPS(w, k);                                                                               \
        *(name##_vector *)f->state[0] += a;                                                        \
        *(name##_vector *)f->state[1] += b;                                                        \
        *(name##_vector *)f->state[2] += c;                                                        \
        *(name##_vector *)f->state[3] += d;                                                        \
    }

/* The words of the rooms are interleaved with the instructions of the same target. */
#define COMPRESS_ROOMS(name, width, attributes)                                                    \
    attributes static void name##_rooms(struct mipro_wave *wave, unsigned first, size_t at)        \
    {                                                                                              \
        for (unsigned i = 0; i < (width); i += 4) {                                                \
            uint8_t(*room)[MIPRO_WAVE_ROOM] = &wave->room[first + i];                              \
                                                                                                   \
            mipro_spread_four(                                                                     \
                &wave->front, i, room[0] + at, room[1] + at, room[2] + at, room[3] + at);          \
        }                                                                                          \
        mipro_swap_words(&wave->front, width);                                                     \
        name(&wave->front);                                                                        \
    }

#define WIDTH(name, width, attributes)                                                             \
    COMPRESS(name, width, attributes)                                                              \
    COMPRESS_ROOMS(name, width, attributes)

WIDTH(compress_4, 4, )
#if defined(__x86_64__)
WIDTH(compress_8_avx2, 8, __attribute__((target("avx2"))))
WIDTH(compress_16_avx2, 16, __attribute__((target("avx2"))))
WIDTH(compress_16_avx512, 16, __attribute__((target("avx512f"))))
WIDTH(compress_32_avx512, 32, __attribute__((target("avx512f"))))
#endif

__attribute__((noinline)) static void
run_one(struct mipro_lane_job *job)
{
    uint32_t state[4];
    struct lane lane;

    memcpy(state, job->state != NULL ? job->state : mipro_md5_first, sizeof(state));
    begin_lane(&lane, job);
    do
        mipro_lanes_block(state, lane.next);
    while (step_lane(&lane));
    for (unsigned i = 0; i < 4; i++)
        mipro_store_le(job->out + 4 * i, state[i]);
    explicit_bzero(&lane, sizeof(lane));
    explicit_bzero(state, sizeof(state)); /* HMAC's state is equivalent to the key */
    mipro_wipe_stack();
}

static void
spread_words(struct mipro_front *f, const struct lane *lanes, unsigned width)
{
    for (unsigned i = 0; i < width; i += 4)
        mipro_spread_four(
            f, i, lanes[i].next, lanes[i + 1].next, lanes[i + 2].next, lanes[i + 3].next);
    mipro_swap_words(f, width);
}

static void
enter_lane(struct mipro_front *f, struct lane *lanes, unsigned i, struct mipro_lane_job *job)
{
    const uint32_t *state = job->state != NULL ? job->state : mipro_md5_first;

    for (unsigned k = 0; k < 4; k++)
        f->state[k][i] = state[k];
    begin_lane(&lanes[i], job);
}

static void
leave_lane(const struct mipro_front *f, struct lane *lanes, unsigned i)
{
    for (unsigned k = 0; k < 4; k++)
        mipro_store_le(lanes[i].job->out + 4 * k, f->state[k][i]);
}

/*
 * A lane whose job is done takes the next one, so that all are busy while there are jobs.
 * At the end, idle lanes hash the same block again, and the result is ignored.
 */
__attribute__((noinline)) static void
run_wide(struct mipro_lane_job *const *jobs, size_t n, const struct mipro_width *width)
{
    struct mipro_lane_job *const *end = jobs + n;
    struct lane lanes[MIPRO_WIDEST];
    struct mipro_front f;
    unsigned busy = 0; /* a bit for each lane that has a job */

    memset(&f, 0, sizeof(f));
    for (unsigned i = 0; i < width->lanes; i++) {
        if (jobs != end) {
            enter_lane(&f, lanes, i, *jobs++);
            busy |= 1u << i;
        } else {
            memset(lanes[i].room, 0, MIPRO_MD5_BLOCK);
            lanes[i].next = lanes[i].room;
        }
    }
    while (busy != 0) {
        spread_words(&f, lanes, width->lanes);
        width->compress(&f);
        for (unsigned i = 0; i < width->lanes; i++) {
            if ((busy >> i & 1) == 0 || step_lane(&lanes[i]))
                continue;
            leave_lane(&f, lanes, i);
            lanes[i].next = lanes[i].room;
            if (jobs != end)
                enter_lane(&f, lanes, i, *jobs++);
            else
                busy &= ~(1u << i);
        }
    }
    explicit_bzero(&f, sizeof(f));        /* all three held keys: */
    explicit_bzero(lanes, sizeof(lanes)); /* the front, the lanes, */
    mipro_wipe_stack();                   /* and the frames of called functions */
}

/* The widths, narrow first. */
static struct mipro_width widths[5];
static size_t n_widths;
static size_t n_broken;
static size_t chosen; /* in widths[]: none wider is used */

static void
add_width(struct mipro_width width)
{
    widths[n_widths++] = width;
    chosen = n_widths - 1;
}

/* Runs before main(), or when the plugin is loaded: no thread can see the table half built. */
__attribute__((constructor)) static void
find_widths(void)
{
#define ADD_WIDTH(lanes, name) add_width((struct mipro_width){ lanes, name, name##_rooms, false })
    add_width((struct mipro_width){ 1, NULL, NULL, false });
    ADD_WIDTH(4, compress_4);
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2"))
        ADD_WIDTH(8, compress_8_avx2);
    if (__builtin_cpu_supports("avx512f")) {
        ADD_WIDTH(16, compress_16_avx512);
        ADD_WIDTH(32, compress_32_avx512);
    } else if (__builtin_cpu_supports("avx2")) {
        ADD_WIDTH(16, compress_16_avx2);
    }
#endif
#undef ADD_WIDTH
}

const struct mipro_width *
mipro_lanes_best(size_t n)
{
    size_t w = chosen;

    while (w > 0 && (widths[w].broken || (!widths[w - 1].broken && widths[w - 1].lanes >= n)))
        w--;
    return &widths[w];
}

void
mipro_lanes_run(struct mipro_lane_job *const jobs[], size_t n)
{
    const struct mipro_width *width = mipro_lanes_best(n);

    if (width->compress != NULL) {
        run_wide(jobs, n, width);
        return;
    }
    for (size_t i = 0; i < n; i++)
        run_one(jobs[i]);
}

unsigned
mipro_lanes_width(size_t i)
{
    for (size_t w = 0; w < n_widths; w++)
        if (!widths[w].broken && i-- == 0)
            return widths[w].lanes;
    return 0;
}

bool
mipro_lanes_use(unsigned width)
{
    for (size_t i = 0; i < n_widths; i++) {
        if (widths[i].lanes == width && !widths[i].broken) {
            chosen = i;
            return true;
        }
    }
    return false;
}

void
mipro_lanes_drop(unsigned width)
{
    for (size_t i = 0; i < n_widths; i++)
        if (widths[i].lanes == width && !widths[i].broken) {
            widths[i].broken = true;
            n_broken++;
        }
}

bool
mipro_lanes_sound(void)
{
    return n_broken < n_widths;
}
