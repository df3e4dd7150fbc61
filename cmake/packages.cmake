# SPDX-License-Identifier: GPL-2.0-or-later
# Debian packages, made by cpack in the build tree: the plugin, the tools, the documentation.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME mipro)
set(CPACK_PACKAGE_CONTACT "mipro maintainers <maintainers@users.noreply.r-seed-af42bc24.example>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_COMPONENTS_ALL tools doc)
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME mipro-tools)
set(CPACK_COMPONENT_TOOLS_DESCRIPTION "Mobile IP Route Optimization: injector and verifier
mipro-verify checks every authenticator of a capture, and the conduct of
every node in it, against draft-ietf-mobileip-optim-08.

mipro-inject crafts Binding Updates and their kin, good or broken on purpose,
into a capture file or on an interface, and judges the answers.")

set(CPACK_DEBIAN_DOC_PACKAGE_NAME mipro-doc)
set(CPACK_DEBIAN_DOC_PACKAGE_SECTION doc)
set(CPACK_DEBIAN_DOC_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_DOC_PACKAGE_SHLIBDEPS OFF)
set(CPACK_COMPONENT_DOC_DESCRIPTION "Mobile IP Route Optimization: guide and sample captures
The user guide of mipro, references of its fields and rules, and captures of
each exchange with the key file that verifies them.")

if(TARGET mipro-plugin)
    list(APPEND CPACK_COMPONENTS_ALL plugin)
    set(CPACK_DEBIAN_PLUGIN_PACKAGE_NAME mipro-wireshark)
    # A plugin fits one minor version; shlibdeps adds libwireshark by its soname.
    math(EXPR next "${Wireshark_MINOR_VERSION} + 1")
    set(CPACK_DEBIAN_PLUGIN_PACKAGE_DEPENDS
        "wireshark-common (>= ${Wireshark_MAJOR_VERSION}.${Wireshark_MINOR_VERSION}.0~), wireshark-common (<< ${Wireshark_MAJOR_VERSION}.${next}~)")
    set(CPACK_DEBIAN_PLUGIN_PACKAGE_RECOMMENDS "wireshark | tshark")
    set(CPACK_COMPONENT_PLUGIN_DESCRIPTION "Mobile IP Route Optimization: Wireshark plugin
Shows every message, extension and bit of draft-ietf-mobileip-optim-08 in
Wireshark and tshark, and at each authenticator whether it is good, bad, or
cannot be told.")
endif()

# The source of the plugin, which is built on the user's machine for its Wireshark, and again after each
# upgrade of Wireshark, as DKMS builds modules for kernels: packaging/mipro-wireshark-rebuild.
set(rebuild ${PROJECT_SOURCE_DIR}/packaging)
list(APPEND CPACK_COMPONENTS_ALL rebuild)
set(CPACK_DEBIAN_REBUILD_PACKAGE_NAME mipro-wireshark-source)
set(CPACK_DEBIAN_REBUILD_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_REBUILD_PACKAGE_SHLIBDEPS OFF)
# Without a compiler it says what to install.
set(CPACK_DEBIAN_REBUILD_PACKAGE_RECOMMENDS
    "wireshark | tshark, wireshark-dev, gcc | c-compiler, libc6-dev | libc-dev, cmake, ninja-build | make, pkg-config, libglib2.0-dev")
# Both contain the profile, and a plugin in the same place.
set(CPACK_DEBIAN_REBUILD_PACKAGE_CONFLICTS mipro-wireshark)
set(CPACK_DEBIAN_REBUILD_PACKAGE_REPLACES mipro-wireshark)
set(CPACK_DEBIAN_REBUILD_PACKAGE_PROVIDES mipro-wireshark)
set(CPACK_DEBIAN_REBUILD_PACKAGE_CONTROL_EXTRA
    ${rebuild}/postinst ${rebuild}/prerm ${rebuild}/triggers)
set(CPACK_COMPONENT_REBUILD_DESCRIPTION "Mobile IP Route Optimization: Wireshark plugin, built on your machine
Builds the plugin of mipro for the Wireshark that is installed, and again
after each upgrade of Wireshark, so that it survives an upgrade of Debian.")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/protocol ${PROJECT_SOURCE_DIR}/plugin
    ${PROJECT_SOURCE_DIR}/cmake DESTINATION src/mipro-wireshark
    COMPONENT rebuild EXCLUDE_FROM_ALL)
install(FILES ${PROJECT_SOURCE_DIR}/CMakeLists.txt DESTINATION src/mipro-wireshark
    COMPONENT rebuild EXCLUDE_FROM_ALL)
install(PROGRAMS ${rebuild}/mipro-wireshark-rebuild DESTINATION ${CMAKE_INSTALL_SBINDIR}
    COMPONENT rebuild EXCLUDE_FROM_ALL)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/plugin/profiles/
    DESTINATION ${CMAKE_INSTALL_DATADIR}/wireshark/profiles COMPONENT rebuild EXCLUDE_FROM_ALL)

# What Debian requires in a package besides its files; "cmake --install" omits it.
find_program(GZIP gzip)
foreach(component ${CPACK_COMPONENTS_ALL})
    string(TOUPPER ${component} upper)
    set(package ${CPACK_DEBIAN_${upper}_PACKAGE_NAME})
    set(place ${PROJECT_BINARY_DIR}/packages/${package})
    string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC)
    file(WRITE ${place}/changelog.Debian
        "${package} (${PROJECT_VERSION}-1) unstable; urgency=medium\n\n"
        "  * Version ${PROJECT_VERSION}.\n\n -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
    if(GZIP)
        execute_process(COMMAND ${GZIP} -9nf ${place}/changelog.Debian)
        install(FILES ${place}/changelog.Debian.gz
            DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
            COMPONENT ${component} EXCLUDE_FROM_ALL)
    endif()
    install(FILES ${PROJECT_SOURCE_DIR}/cmake/copyright
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
        COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
include(CPack)
