# SPDX-License-Identifier: GPL-2.0-or-later
# Checksums of the installed files, kept in the build tree: a file that differs from its
# checksum was changed since.  One line per file: the checksum, a blank, the path.
cmake_policy(VERSION 3.25) # an install script sets none

function(mipro_read_sums file)
    set(sums "")
    if(EXISTS ${file})
        file(STRINGS ${file} sums)
    endif()
    set(MIPRO_READ_SUMS "${sums}" PARENT_SCOPE)
endfunction()

# The checksum of path when it was installed, or nothing.
function(mipro_sum path out)
    set(${out} "" PARENT_SCOPE)
    foreach(line IN LISTS MIPRO_READ_SUMS)
        string(SUBSTRING "${line}" 65 -1 of)
        if(of STREQUAL path)
            string(SUBSTRING "${line}" 0 64 sum)
            set(${out} "${sum}" PARENT_SCOPE)
        endif()
    endforeach()
endfunction()

# After installation: the sums of installed, and the previous ones of all other files.
function(mipro_write_sums file installed)
    mipro_read_sums(${file})
    set(lines "")
    foreach(line IN LISTS MIPRO_READ_SUMS)
        string(SUBSTRING "${line}" 65 -1 of)
        if(NOT of IN_LIST installed)
            string(APPEND lines "${line}\n")
        endif()
    endforeach()
    foreach(path IN LISTS installed)
        if(EXISTS "$ENV{DESTDIR}${path}" AND NOT IS_DIRECTORY "$ENV{DESTDIR}${path}")
            file(SHA256 "$ENV{DESTDIR}${path}" sum)
            string(APPEND lines "${sum} ${path}\n")
        endif()
    endforeach()
    file(WRITE ${file} "${lines}")
endfunction()
