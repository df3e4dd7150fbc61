/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * standalone.c - run a fuzz target without libFuzzer: standalone FILE|FOLDER...
 *
 * Runs each file as it is, each of its prefixes, and mutations of it.  The inputs are the same
 * in every run, so a failure can be reproduced.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_INPUT 65536
#define MUTATIONS 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t n_inputs;

/* In a block of exactly its size, so that a sanitizer detects every overread. */
static void
run(const uint8_t *octets, size_t len)
{
    uint8_t *exact = malloc(len > 0 ? len : 1);

    if (exact == NULL)
        abort();
    memcpy(exact, octets, len);
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
    n_inputs++;
}

static uint32_t
next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void
run_mutations(const uint8_t *octets, size_t len)
{
    uint8_t *mutant = malloc(len + 1);
    uint32_t state = (uint32_t)len;

    if (mutant == NULL)
        abort();
    for (unsigned i = 0; i < MUTATIONS && len > 0; i++) {
        unsigned changes = 1 + next_random(&state) % 4;
        size_t n = len;

        memcpy(mutant, octets, len);
        while (changes-- > 0) {
            size_t at = next_random(&state) % len;

            switch (next_random(&state) % 4) {
            case 0:
                mutant[at] ^= (uint8_t)(1u << next_random(&state) % 8);
                break;
            case 1:
                mutant[at] = (uint8_t)next_random(&state);
                break;
            case 2:
                mutant[at] = octets[next_random(&state) % len];
                break;
            default:
                n = at + 1;
                break;
            }
        }
        run(mutant, n);
    }
    free(mutant);
}

static int
run_file(const char *path)
{
    static uint8_t octets[LARGEST_INPUT];
    FILE *f = fopen(path, "rb");
    size_t len;

    if (f == NULL) {
        perror(path);
        return 1;
    }
    len = fread(octets, 1, sizeof(octets), f);
    fclose(f);
    for (size_t n = 0; n <= len && n <= 1024; n++)
        run(octets, n);
    run(octets, len);
    run_mutations(octets, len);
    return 0;
}

static int
run_path(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int status = 0;

    if (folder == NULL)
        return run_file(path);
    while ((entry = readdir(folder)) != NULL) {
        char file[4096];

        if (entry->d_name[0] == '.')
            continue;
        snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
        status |= run_file(file);
    }
    closedir(folder);
    return status;
}

int
main(int argc, char **argv)
{
    int status = 0;

    for (int i = 1; i < argc; i++)
        status |= run_path(argv[i]);
    printf("%zu inputs\n", n_inputs);
    return n_inputs != 0 ? status : 1;
}
