# SPDX-License-Identifier: GPL-2.0-or-later
# embed.cmake - write OUTPUT, a C header that defines an array of octets for each file of INPUTS, named
# after it: page.css becomes page_css.
set(text "/* Made by cmake/embed.cmake. */\n")
foreach(input ${INPUTS})
    get_filename_component(name ${input} NAME)
    string(MAKE_C_IDENTIFIER ${name} name)
    file(READ ${input} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    string(APPEND text "static const unsigned char ${name}[] = {${hex}};\n")
endforeach()
file(WRITE ${OUTPUT} "${text}")
