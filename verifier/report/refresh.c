/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/refresh.h"

#include <glib.h>
#include <string.h>

#include "report/metrics.h"
#include "warn.h"

enum { INTERVAL = 5 }; /* seconds; Prometheus typically scrapes every 15 */

struct vrf_refresh {
    const struct vrf_report *r;
    GMutex lock;
    GCond stop;
    bool stopped;
    int error; /* of the last attempt, so that an error is reported only once */
    GThread *thread;
};

/* The exit status if the capture ended here. */
static int
status_so_far(const struct vrf_report *r)
{
    if (r->unread != 0)
        return 3;
    if (!vrf_report_is_good(r))
        return 1;
    return r->messages == 0 && !r->o->allow_empty ? 4 : 0;
}

/* The verdicts may already include messages that are still being reported. */
static void
write_metrics(struct vrf_refresh *refresh)
{
    const struct vrf_report *r = refresh->r;
    int error = vrf_metrics_write(r, r->o->metrics, status_so_far(r));

    if (error != 0 && error != refresh->error)
        vrf_warn("%s: %s; it is tried again", r->o->metrics, strerror(error));
    refresh->error = error;
}

static gpointer
work(gpointer arg)
{
    struct vrf_refresh *refresh = arg;
    gint64 next = g_get_monotonic_time();

    g_mutex_lock(&refresh->lock);
    while (!refresh->stopped) {
        write_metrics(refresh);
        next += INTERVAL * G_TIME_SPAN_SECOND;
        while (!refresh->stopped && g_cond_wait_until(&refresh->stop, &refresh->lock, next))
            ; /* a spurious wakeup, or stopped */
    }
    g_mutex_unlock(&refresh->lock);
    return NULL;
}

struct vrf_refresh *
vrf_refresh_start(const struct vrf_report *r)
{
    struct vrf_refresh *refresh;

    if (!r->o->follow || r->o->metrics == NULL)
        return NULL;
    refresh = g_new0(struct vrf_refresh, 1);
    refresh->r = r;
    g_mutex_init(&refresh->lock);
    g_cond_init(&refresh->stop);
    refresh->thread = g_thread_new("metrics", work, refresh);
    return refresh;
}

void
vrf_refresh_lock(struct vrf_refresh *refresh)
{
    if (refresh != NULL)
        g_mutex_lock(&refresh->lock);
}

void
vrf_refresh_unlock(struct vrf_refresh *refresh)
{
    if (refresh != NULL)
        g_mutex_unlock(&refresh->lock);
}

void
vrf_refresh_stop(struct vrf_refresh *refresh)
{
    if (refresh == NULL)
        return;
    g_mutex_lock(&refresh->lock);
    refresh->stopped = true;
    g_cond_signal(&refresh->stop);
    g_mutex_unlock(&refresh->lock);
    (void)g_thread_join(refresh->thread);
    g_mutex_clear(&refresh->lock);
    g_cond_clear(&refresh->stop);
    g_free(refresh);
}
