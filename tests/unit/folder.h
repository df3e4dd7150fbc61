/* SPDX-License-Identifier: GPL-2.0-or-later */
/* folder.h - a folder of the test's own, for files that it writes; set up and torn down by cmocka.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char folder[] = "/tmp/mipro-unit-XXXXXX";

static int
make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
remove_folder(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

/* Write a file in the folder; its path is valid until the next call. */
static const char *
put_file_with_mode(const char *name, const void *octets, size_t len, mode_t mode)
{
    static char path[128];
    FILE *f;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "w");
    assert_non_null(f);
    setbuf(f, NULL); /* leaves no copy in a buffer */
    assert_int_equal(fwrite(octets, 1, len, f), len);
    fclose(f);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

/* The same, readable only by its owner, as a key file should be. */
static inline const char *
put_file(const char *name, const void *octets, size_t len)
{
    return put_file_with_mode(name, octets, len, 0600);
}

#endif
