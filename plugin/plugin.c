/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plugin.c - the symbols that Wireshark looks up; mipro.map hides all others.
 */
#define WS_BUILD_DLL
#include "packet-mipro.h"

WS_DLL_PUBLIC_DEF const char plugin_version[] = MIPRO_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

/* Since 4.2, About Wireshark lists the kinds of a plugin; this one is a dissector. */
#ifndef WS_PLUGIN_DESC_DISSECTOR
#define WS_PLUGIN_DESC_DISSECTOR (1UL << 0)
#endif

uint32_t
plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR;
}

void
plugin_register(void)
{
    static const proto_plugin mipro = { proto_register_mipro, proto_reg_handoff_mipro };
    static const proto_plugin minenc = { proto_register_minenc, proto_reg_handoff_minenc };

    proto_register_plugin(&mipro);
    proto_register_plugin(&minenc);
}
