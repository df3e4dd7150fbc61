/* SPDX-License-Identifier: GPL-2.0-or-later */
/* list.h - linked lists of records: queues with a head, rings, and lists of pointers. */
#ifndef MIPRO_CONDUCT_LIST_H
#define MIPRO_CONDUCT_LIST_H

#include <stddef.h>

/* In a record, or as the head of a queue, which is its own neighbour if the queue is empty. */
struct list_link {
    struct list_link *prev, *next;
};

/* The record that contains link l as this member. */
#define RECORD(l, type, member) ((type *)(void *)((char *)(l)-offsetof(type, member)))
#define CONST_RECORD(l, type, member)                                                              \
    ((const type *)(const void *)((const char *)(l)-offsetof(type, member)))

static inline void
list_init(struct list_link *head)
{
    head->prev = head->next = head;
}

/* Before the head of a queue: to its end. */
static inline void
list_enter(struct list_link *l, struct list_link *at)
{
    l->next = at;
    l->prev = at->prev;
    at->prev->next = l;
    at->prev = l;
}

static inline void
list_leave(struct list_link *l)
{
    l->prev->next = l->next;
    l->next->prev = l->prev;
}

/* A ring is known by its oldest link, NULL if it is empty. */
static inline void
ring_enter(struct list_link **ring, struct list_link *l)
{
    if (*ring == NULL) {
        list_init(l);
        *ring = l;
    } else {
        list_enter(l, *ring);
    }
}

static inline void
ring_leave(struct list_link **ring, struct list_link *l)
{
    if (l->next == l) {
        *ring = NULL;
        return;
    }
    if (*ring == l)
        *ring = l->next;
    list_leave(l);
}

/* A list whose first record has the last as its prev.  The record becomes the first. */
#define LIST_PUT_FIRST(list, record)                                                               \
    do {                                                                                           \
        if ((list) == NULL) {                                                                      \
            (record)->prev = (record);                                                             \
        } else {                                                                                   \
            (record)->prev = (list)->prev;                                                         \
            (list)->prev = (record);                                                               \
        }                                                                                          \
        (record)->next = (list);                                                                   \
        (list) = (record);                                                                         \
    } while (0)

/* The record leaves the list. */
#define LIST_TAKE_OUT(list, record)                                                                \
    do {                                                                                           \
        if ((record)->next != NULL)                                                                \
            (record)->next->prev = (record)->prev;                                                 \
        else                                                                                       \
            (list)->prev = (record)->prev;                                                         \
        if ((list) == (record))                                                                    \
            (list) = (record)->next;                                                               \
        else                                                                                       \
            (record)->prev->next = (record)->next;                                                 \
    } while (0)

#endif
