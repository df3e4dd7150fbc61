/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * secret_file.h - read a file that holds keys, leaving no copies of them in memory.
 */
#ifndef MIPRO_SECRET_FILE_H
#define MIPRO_SECRET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * All octets of a file, at most max; on error NULL, with the reason in *why.  A file that is
 * not regular (a pipe) is read only if pipes is set.  mipro_secret_wipe() wipes and frees them.
 * *mode is set only if the file could be opened.
 */
uint8_t *mipro_secret_read(
    const char *path, size_t max, bool pipes, size_t *len, unsigned *mode, const char **why);
void mipro_secret_wipe(uint8_t *octets, size_t len);

#endif
