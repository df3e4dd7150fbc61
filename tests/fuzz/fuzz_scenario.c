/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any octets as a scenario: no crash, and the frames of an accepted one are in order of time. */
#include <stdlib.h>
#include <string.h>

#include "scenario/scenario.h"

static const char keys[] = "\"a\",\"10.1.0.1\",\"192.0.2.7\",\"0x1000\",\"text:0123456789abcdef\"\n"
                           "\"b\",\"10.1.0.9\",\"*\",\"0x1001\",\"text:0123456789abcdef\"\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static struct mipro_keyring *ring;
    struct mipro_key_error error;
    struct inj_scenario s;
    struct inj_stage stage = { .set = MIPRO_SETTINGS, .keys = "keys", .seed = 1, .max_events = 50 };

    if (ring == NULL) {
        ring = mipro_keyring_parse(keys, strlen(keys), "keys", NULL, NULL, &error);
        inj_complain_aloud(false, false);
    }
    stage.ring = ring;
    if (inj_scenario_parse(&s, (const char *)data, len, "fuzz", &stage)) {
        if (s.n_events == 0)
            abort();
        for (size_t i = 0; i < s.n_events; i++)
            if (s.events[i].len < INJ_ETHER_LEN + 20 ||
                (i > 0 && s.events[i - 1].at > s.events[i].at))
                abort();
    }
    inj_scenario_free(&s);
    return 0;
}
